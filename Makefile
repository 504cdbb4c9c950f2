# Two commands do everything on a bare Debian or Ubuntu with Go, Node.js, git and make: `make run`, `make test`.

SHELL       := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

# Tools are pinned here and built into .bin/, apart from the service's own modules.
GOFUMPT      := mvdan.cc/gofumpt@v0.12.0
STATICCHECK  := honnef.co/go/tools/cmd/staticcheck@v0.8.2
GOLANGCI     := github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0
GOVULNCHECK  := golang.org/x/vuln/cmd/govulncheck@latest
export GOBIN := $(CURDIR)/.bin

COMMIT   := $(shell git rev-parse --short=12 HEAD 2>/dev/null)
LDFLAGS  := -s -w -X main.commit=$(COMMIT)
SOURCES  := $(shell find cmd internal migrations geodata web/embed.go go.mod go.sum -type f -not -name '*_test.go' -not -path '*/testdata/*')
PAGE     := $(shell find web/src web/public -type f 2>/dev/null) $(wildcard web/index.html web/*.json web/*.ts)
FUZZTIME ?= 60s

.PHONY: help run serve build test test-long test-page test-go test-e2e bench fuzz lint vuln fmt update clean

help: ## List these targets.
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: ## Install what is missing, build, and open the demonstration (演示): all of it is invented.
	@.ci/install run
	@$(MAKE) --silent build
	@echo "opening the demonstration; make serve opens the real database"
	@exec .bin/zhengbei serve --demo

serve: build ## Start the built service on the real database.
	@exec .bin/zhengbei serve

build: .bin/zhengbei ## Build the page and the one binary, .bin/zhengbei.

.bin/zhengbei: $(SOURCES) web/dist/index.html
	@echo "building the binary"
	@go build -trimpath -buildvcs=false -ldflags '$(LDFLAGS)' -o $@ ./cmd/zhengbei

web/node_modules/.package-lock.json: web/package-lock.json web/.npmrc
	@echo "installing the page's packages"
	@cd web && npm ci --no-audit --no-fund --loglevel=error
	@touch $@

web/dist/index.html: $(PAGE) web/node_modules/.package-lock.json
	@echo "building the page"
	@cd web && npm run --silent build
	@touch $@

test: ## Install what is missing, then run every test: page, Go with the race detector, browser.
	@.ci/install test
	@mkdir -p .bin && git status --porcelain > .bin/before
	@$(MAKE) test-page
	@$(MAKE) test-go
	@$(MAKE) test-e2e
	@git status --porcelain | diff .bin/before - || { echo "the tests changed the tree: commit it, or find out why"; exit 1; }
	@echo "all tests passed"

test-page: web/node_modules/.package-lock.json
	@echo "== page: format, types, unit tests, build, size"
	@cd web && npm run --silent check && npm test --silent && npm run --silent build && npm run --silent size

test-go: ## The Go tests alone, with the race detector, on one throwaway PostgreSQL.
	@echo "== go: unit and integration tests"
	@go vet ./...
	@go run ./internal/pgserver/withpg -- go test -race -short -shuffle=on ./...

test-e2e: build ## The browser tests alone, on the built binary.
	@echo "== browser: the built service at both sizes, in both languages"
	@cd web && npm run --silent e2e

test-long: build ## The long races, soaks and real clients, and every browser test at each size in each language.
	@.ci/install test
	@go run ./internal/pgserver/withpg -- go test -race -count=1 -timeout 60m -skip 'InTime$$' ./...
	@go run ./internal/pgserver/withpg -- go test -count=1 -run 'InTime$$' ./internal/httpapi # medians of milliseconds are compared: nothing runs beside it
	@cd web && E2E=all npm run --silent e2e

bench: ## Benchmarks: tiles and lists beside their floors.
	@.ci/install test
	@go run ./internal/pgserver/withpg -- go test -run '^$$' -bench . -benchmem ./...

fuzz: ## Each fuzz target for FUZZTIME (60s).
	@grep -rlE '^func Fuzz' --include=*_test.go internal | sort | while read -r file; do \
	  grep -oE '^func Fuzz\w+' $$file | cut -c6- | while read -r target; do \
	    echo "== $$target in $$(dirname $$file)"; go test -run '^$$' -fuzz "^$$target$$" -fuzztime $(FUZZTIME) ./$$(dirname $$file); done; done

lint: .bin/gofumpt .bin/staticcheck .bin/golangci-lint web/node_modules/.package-lock.json ## gofumpt, vet, staticcheck, golangci-lint, Biome, tsc.
	@test -z "$$(.bin/gofumpt -l cmd internal geodata migrations web/embed.go | tee /dev/stderr)"
	@go vet ./... && .bin/staticcheck ./... && .bin/golangci-lint run ./...
	@cd web && npm run --silent check

vuln: .bin/govulncheck ## Known holes in the dependencies; needs the vulnerability database from the net.
	@.bin/govulncheck ./...

.bin/gofumpt:
	@go install $(GOFUMPT)
.bin/staticcheck:
	@go install $(STATICCHECK)
.bin/golangci-lint:
	@echo "building golangci-lint, about a minute" && go install $(GOLANGCI)
.bin/govulncheck:
	@go install $(GOVULNCHECK)

fmt: .bin/gofumpt ## Format everything.
	@.bin/gofumpt -w cmd internal geodata migrations web/embed.go
	@cd web && npx biome format --write .

update: build ## Write golden files and the README's screenshot anew.
	@go run ./internal/pgserver/withpg -- go test ./internal/httpapi ./internal/store -update
	@cd web && UPDATE_SCREENSHOT=1 npm run --silent e2e

clean: ## Remove what was built.
	@rm -rf .bin web/node_modules && find web/dist -mindepth 1 -not -name .keep -delete
