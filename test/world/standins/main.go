// Command standins is the part of the offline world that stands in for two public
// services: a package index for pip whose wheels are made from Debian's packages, and
// a registry mirror that has every usual tag of the images it holds.
//
//	standins wheels -packages FILE -debs DIR -out DIR
//	standins index -address ADDR -wheels DIR
//	standins mirror -address ADDR -registry ADDR
package main

import (
	"context"
	"flag"
	"fmt"
	"log"
	"net/http"
	"os"
	"time"
)

func main() {
	log.SetFlags(log.Ltime)
	if err := run(context.Background(), os.Args[1:]); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context, args []string) error {
	if len(args) == 0 {
		return fmt.Errorf("usage: standins wheels|index|mirror [flags]")
	}
	flags := flag.NewFlagSet(args[0], flag.ContinueOnError)
	packages := flags.String("packages", "", "list of Debian packages and further versions")
	debs := flags.String("debs", "", "directory that holds the .deb files")
	out := flags.String("out", "", "directory to write wheels to")
	address := flags.String("address", "", "address to serve on")
	registry := flags.String("registry", "", "address of the registry that holds the images")
	wheels := flags.String("wheels", "", "directory that holds the wheels")
	if err := flags.Parse(args[1:]); err != nil {
		return err
	}
	switch args[0] {
	case "wheels":
		return makeWheels(ctx, *packages, *debs, *out)
	case "index":
		return serve(*address, newIndex(os.DirFS(*wheels)))
	case "mirror":
		return serve(*address, newMirror(*registry))
	default:
		return fmt.Errorf("%s: no such command", args[0])
	}
}

func serve(address string, handler http.Handler) error {
	server := &http.Server{Addr: address, Handler: handler, ReadHeaderTimeout: 10 * time.Second}
	return server.ListenAndServe()
}
