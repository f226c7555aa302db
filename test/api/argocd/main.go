// Prints the objects that Argo CD's diff engine calls modified, as JSON, each with what is there and what it expects.
package main

import (
	"encoding/json"
	"fmt"
	"os"

	"github.com/argoproj/gitops-engine/pkg/diff"
	openapi_v2 "github.com/google/gnostic-models/openapiv2"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/util/managedfields"
	"k8s.io/kube-openapi/pkg/util/proto"
)

type pair struct {
	Config map[string]any `json:"config"`
	Live   map[string]any `json:"live"`
}

type verdict struct {
	Object   string          `json:"object"`
	Mode     string          `json:"mode"`
	Live     json.RawMessage `json:"live"`
	Expected json.RawMessage `json:"expected"`
}

func main() {
	if err := run(os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// run compares the pairs on standard input, with the server's OpenAPI document in a file.
func run(openapi, manager string) error {
	parser, err := parserOf(openapi)
	if err != nil {
		return err
	}
	var pairs []pair
	if err := json.NewDecoder(os.Stdin).Decode(&pairs); err != nil {
		return err
	}
	modes := map[string][]diff.Option{
		"three-way":        {},
		"structured-merge": {diff.WithStructuredMergeDiff(true), diff.WithGVKParser(parser), diff.WithManager(manager)},
	}
	verdicts := []verdict{}
	for _, p := range pairs {
		for mode, options := range modes {
			config, live := &unstructured.Unstructured{Object: p.Config}, &unstructured.Unstructured{Object: p.Live}
			result, err := diff.Diff(config.DeepCopy(), live.DeepCopy(), options...)
			if err != nil {
				return fmt.Errorf("%s/%s: %w", config.GetKind(), config.GetName(), err)
			}
			if result.Modified {
				verdicts = append(verdicts, verdict{config.GetKind() + "/" + config.GetName(), mode, result.NormalizedLive, result.PredictedLive})
			}
		}
	}
	return json.NewEncoder(os.Stdout).Encode(verdicts)
}

func parserOf(path string) (*managedfields.GvkParser, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	document, err := openapi_v2.ParseDocument(text)
	if err != nil {
		return nil, err
	}
	models, err := proto.NewOpenAPIData(document)
	if err != nil {
		return nil, err
	}
	return managedfields.NewGVKParser(models, false)
}
