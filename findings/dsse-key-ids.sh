#!/usr/bin/env bash
# go-securesystemslib 0.11.0 (the DSSE library below cosign 3.1 and in-toto's Go tools) passes over a good signature because of its `keyid`.
# DSSE calls that id an optional, unauthenticated hint, of any form. Here a verifier that was given a key without an id makes one up, the key's
# OpenSSH fingerprint, and never tries the key on a signature that names any other id, such as the hexadecimal sha256 of the same key:
#   keyid absent                                accepted
#   keyid = OpenSSH fingerprint of the key      accepted
#   keyid = sha256 of the key in hexadecimal    refused (accepted signatures do not match threshold)
#   the same, and the verifier is given the id  accepted
# So the more a signer says of its key, the fewer verifiers take the envelope.
# Seen on 2026-11-28 with Go 1.26. Fails when one of these changes.
set -euo pipefail
command -v go >/dev/null || { echo "needs go" >&2; exit 2; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
cat >main.go <<'GO'
package main

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"os"

	"github.com/secure-systems-lab/go-securesystemslib/dsse"
)

type verifier struct {
	key *ecdsa.PublicKey
	id  string
}

func (v verifier) Verify(_ context.Context, data, sig []byte) error {
	sum := sha256.Sum256(data)
	if !ecdsa.VerifyASN1(v.key, sum[:], sig) {
		return errors.New("does not fit")
	}
	return nil
}
func (v verifier) KeyID() (string, error)   { return v.id, nil }
func (v verifier) Public() crypto.PublicKey { return v.key }

func main() {
	key, _ := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	body := []byte(`{"hello":"world"}`)
	sum := sha256.Sum256(dsse.PAE("text/json", body))
	sig, _ := ecdsa.SignASN1(rand.Reader, key, sum[:])
	der, _ := x509.MarshalPKIXPublicKey(&key.PublicKey)
	digest := sha256.Sum256(der)
	plain := hex.EncodeToString(digest[:])
	fingerprint, err := dsse.SHA256KeyID(&key.PublicKey)
	if err != nil {
		panic(err)
	}
	changed := false
	try := func(words, inEnvelope, atVerifier string, expected bool) {
		envelope := &dsse.Envelope{
			PayloadType: "text/json",
			Payload:     base64.StdEncoding.EncodeToString(body),
			Signatures:  []dsse.Signature{{KeyID: inEnvelope, Sig: base64.StdEncoding.EncodeToString(sig)}},
		}
		all, err := dsse.NewEnvelopeVerifier(verifier{&key.PublicKey, atVerifier})
		if err != nil {
			panic(err)
		}
		_, err = all.Verify(context.Background(), envelope)
		fmt.Printf("%-46s accepted: %v (%v)\n", words, err == nil, err)
		changed = changed || (err == nil) != expected
	}
	try("no keyid", "", "", true)
	try("keyid is the OpenSSH fingerprint", fingerprint, "", true)
	try("keyid is the hexadecimal sha256", plain, "", false)
	try("the same, the verifier is given the id", plain, plain, true)
	if changed {
		fmt.Println("changed: another outcome is expected here")
		os.Exit(1)
	}
}
GO
go mod init finding >/dev/null 2>&1
go get github.com/secure-systems-lab/go-securesystemslib/dsse@v0.11.0 >/dev/null 2>&1
go run .
