// Command standins is the part of the offline world that stands in for two public
// services: a package index for pip whose wheels are made from Debian's packages, and
// a registry mirror that has every usual tag of the images it holds.
//
//	standins wheels -packages FILE -debs DIR -out DIR
//	standins serve -registry ADDR -mirror ADDR -index ADDR -wheels DIR
package main

import (
	"flag"
	"fmt"
	"log"
	"net/http"
	"os"
	"time"
)

func main() {
	log.SetFlags(log.Ltime)
	if err := run(os.Args[1:]); err != nil {
		log.Fatal(err)
	}
}

func run(args []string) error {
	if len(args) == 0 {
		return fmt.Errorf("usage: standins wheels|serve [flags]")
	}
	flags := flag.NewFlagSet(args[0], flag.ContinueOnError)
	packages := flags.String("packages", "", "list of Debian packages and further versions")
	debs := flags.String("debs", "", "folder that holds the .deb files")
	out := flags.String("out", "", "folder to write wheels to")
	registry := flags.String("registry", "", "address of the registry that holds the images")
	mirror := flags.String("mirror", "", "address to serve the mirror on")
	index := flags.String("index", "", "address to serve the package index on")
	wheels := flags.String("wheels", "", "folder that holds the wheels")
	if err := flags.Parse(args[1:]); err != nil {
		return err
	}
	switch args[0] {
	case "wheels":
		return makeWheels(*packages, *debs, *out)
	case "serve":
		failed := make(chan error, 2)
		go func() { failed <- serve(*mirror, newMirror(*registry)) }()
		go func() { failed <- serve(*index, newIndex(os.DirFS(*wheels))) }()
		return <-failed
	default:
		return fmt.Errorf("%s: no such command", args[0])
	}
}

func serve(address string, handler http.Handler) error {
	server := &http.Server{Addr: address, Handler: handler, ReadHeaderTimeout: 10 * time.Second}
	return server.ListenAndServe()
}
