// Verifies certificates with in-toto's own Go packages: DSSE, Statement v1, test result v0.1. Called by verify-with-others.sh with a folder that
// holds key.pub.pem and the certificates. (SVR v0.2 has no Go type yet; the one for v0.1 knows no policies.)
package main

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	result "github.com/in-toto/attestation/go/predicates/test_result/v0"
	attestation "github.com/in-toto/attestation/go/v1"
	"github.com/secure-systems-lab/go-securesystemslib/dsse"
	"google.golang.org/protobuf/encoding/protojson"
)

type verifier struct{ key crypto.PublicKey }

func (v verifier) Verify(_ context.Context, data, sig []byte) error {
	sum := sha256.Sum256(data)
	switch key := v.key.(type) {
	case *ecdsa.PublicKey:
		if ecdsa.VerifyASN1(key, sum[:], sig) {
			return nil
		}
	case ed25519.PublicKey:
		if ed25519.Verify(key, data, sig) {
			return nil
		}
	}
	return errors.New("does not fit")
}
func (v verifier) KeyID() (string, error)   { return "", nil }
func (v verifier) Public() crypto.PublicKey { return v.key }

func must(err error) {
	if err != nil {
		fmt.Println("REFUSED:", err)
		os.Exit(1)
	}
}

func main() {
	folder := os.Args[1]
	text, err := os.ReadFile(filepath.Join(folder, "key.pub.pem"))
	must(err)
	block, _ := pem.Decode(text)
	key, err := x509.ParsePKIXPublicKey(block.Bytes)
	must(err)
	all, err := dsse.NewEnvelopeVerifier(verifier{key})
	must(err)
	files, _ := filepath.Glob(filepath.Join(folder, "*.intoto.json"))
	if len(files) == 0 {
		must(errors.New("no certificates"))
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		must(err)
		var envelope dsse.Envelope
		must(json.Unmarshal(text, &envelope))
		_, err = all.Verify(context.Background(), &envelope)
		must(err)
		body, err := base64.StdEncoding.DecodeString(envelope.Payload)
		must(err)
		var statement attestation.Statement
		must(protojson.Unmarshal(body, &statement))
		must(statement.Validate())
		if strings.Contains(statement.PredicateType, "/test-result/") {
			predicate, err := protojson.Marshal(statement.Predicate)
			must(err)
			must(protojson.Unmarshal(predicate, &result.TestResult{}))
		}
		envelope.Payload = base64.StdEncoding.EncodeToString(append(body, ' '))
		if _, err := all.Verify(context.Background(), &envelope); err == nil {
			must(errors.New("a changed payload was TAKEN"))
		}
		fmt.Println("in-toto's Go packages verified:", filepath.Base(file))
	}
}
