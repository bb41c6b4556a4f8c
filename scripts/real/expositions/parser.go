// Says how Prometheus' own scrape parser takes the body on standard input: parser.go CONTENT-TYPE. Prints "ok" or its refusal.
package main

import (
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/textparse"
)

func main() {
	body, err := io.ReadAll(os.Stdin)
	if err != nil {
		panic(err)
	}
	parser, err := textparse.New(body, os.Args[1], labels.NewSymbolTable(), textparse.ParserOptions{EnableOpenMetrics2: true})
	if parser == nil {
		fmt.Println(err)
		return
	}
	for {
		if _, err = parser.Next(); errors.Is(err, io.EOF) {
			fmt.Println("ok")
			return
		} else if err != nil {
			fmt.Println(err)
			return
		}
	}
}
