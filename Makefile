# Everything that people and CI do with this repository. The recipes are scripts; to see
# what a target does, read the script.

.DEFAULT_GOAL := help
.PHONY: help demo demo-down test build lint fuzz bench test-engines test-kills test-mcp test-stacks test-windows snapshot clean

help: ## show this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1\t\2/p' Makefile | expand -t 16

demo: ## from nothing to two working URLs: installs what is missing, runs the example
	@test/demo.sh

demo-down: ## remove everything that the demo made
	@test/demo-down.sh

test: ## format, vet, lint, unit tests, then end to end on a real engine (what CI runs)
	@test/all.sh

build: ## build bin/devup
	@go build -trimpath -o bin/devup ./cmd/devup

lint: ## formatters, go vet, golangci-lint and, where its database is reached, govulncheck
	@test/lint.sh

fuzz: ## run every fuzz target for a minute (FUZZTIME=10s make fuzz)
	@test/fuzz.sh

bench: ## measure: devup --help, init on 100,000 files, a no-op up beside docker compose
	@test/bench.sh

test-engines: ## end to end on Docker 28 with either image store, Docker 20.10 and Podman 5, or on ENGINES
	@test/engines.sh

test-mcp: ## the official Python client calls every tool of devup mcp
	@test/mcp.sh

test-kills: ## kill devup at hundreds of random points, and check what the next run makes of it
	@test/kills.sh

test-windows: ## the Windows program under Wine: scripts of the commands, and a project on a Linux engine
	@test/windows.sh

# The words after test-stacks name examples, and are no targets of their own.
ifeq (test-stacks,$(firstword $(MAKECMDGOALS)))
stacks := $(wordlist 2,$(words $(MAKECMDGOALS)),$(MAKECMDGOALS))
$(foreach stack,$(stacks),$(eval $(stack):;@:))
endif

test-stacks: ## init, up, edit, package, production, down of examples/stacks, or of those named after it
	@test/stacks.sh $(stacks)

snapshot: ## check the release configuration and build all archives into dist/
	@test/snapshot.sh

clean: ## remove what was built, and the caches of the tests' world and tools
	@test/world/down --purge
	@rm -rf bin dist "$${XDG_CACHE_HOME:-$$HOME/.cache}/devup-tools"
