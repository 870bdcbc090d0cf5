# Boardcast. `make run` and `make test` install what they need; `make help` lists the rest.
SHELL   := /bin/bash
JOBS    ?= 2
PYTHON  := .venv/bin/python
PAGE    ?= 8788
SOAK    ?= 600
FLIPS   ?= 1000
# What `boardcast --version` says beside the number; nothing where there is no repository.
COMMIT  ?= $(shell [ -e .git ] && git describe --always --dirty --abbrev=7 --exclude '*' 2> /dev/null)
# One way to build for speed, with the Swift runtime inside: another set of flags would compile everything again.
FAST    := swift build -c release --static-swift-stdlib -j $(JOBS)
RELEASE  = BOARDCAST_COMMIT=$(COMMIT) $(FAST) --product boardcast -Xlinker -s --disable-local-rpath
SOURCES := $(shell find Sources Tests -name '*.swift' -not -path '*/.build/*' 2>/dev/null)

.DEFAULT_GOAL := help
.PHONY: help run cluster build release deb dist test unit check-proxies check-deploy check-docs e2e sdk lint format bench storm noisy soak flips faults sanitize check setup setup-test clean

help: ## what can be made
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 12

setup: ## installs the C libraries that the build needs, when they are missing
	@Deploy/install-dependencies.sh build

setup-test: setup ## ... and the browser and Python packages of the tests
	@Deploy/install-dependencies.sh test

run: setup ## builds, starts on a database of its own with a sample board, prints the URL to open (PAGE=8788: its port)
	@if [ -e .build/release/boardcast ]; then echo 'Building what has changed: seconds to a few minutes.'; \
	  else echo 'Building for the first time: ten minutes and more on two cores. The next time takes seconds to a few minutes.'; fi
	$(RELEASE)
	@.build/release/boardcast serve --dev --port $(PAGE) || { code=$$?; \
	  [ $$code -ne 2 ] || echo 'make run PAGE=8789 takes another port' >&2; exit $$code; }

cluster: release ## three gateways on one PostgreSQL behind haproxy, to try; prints the URL to open (PAGE=8788: the balancer's port)
	@Deploy/install-dependencies.sh cluster
	@Deploy/cluster/run.sh $(PAGE)

build: setup ## a debug build of everything
	swift build --build-tests -j $(JOBS)

release: setup ## the one binary, optimised, with the Swift runtime inside
	$(RELEASE)

deb: release ## a Debian package, in .build/dist (DEB_VERSION=0.1.0+git20260131)
	@Deploy/install-dependencies.sh package
	Deploy/package/deb.sh

dist: release ## a release's archive, its bill of materials and checksums, in .build/dist
	Deploy/package/dist.sh

check-deploy: deb dist ## package and archive: lintian, their life in a Debian of their own, unit, image, manual pages (as root)
	@Deploy/install-dependencies.sh deploy
	$(PYTHON) -m pytest Tests/Deploy -q

check-docs: setup-test ## the documentation's examples and links; a part of e2e
	$(PYTHON) -m pytest Tests/EndToEnd/docs -q

test: setup-test unit e2e sdk ## every test: Swift's, then end to end against the built binary, then the JavaScript client's

unit: ## Swift's tests alone
	swift build --build-tests -j $(JOBS)
	@mkdir -p .build; set -o pipefail; PYTHON=$(CURDIR)/$(PYTHON) swift test --skip-build 2>&1 | tee .build/unit.log \
	  || { echo; echo 'What failed:'; grep -E '^✘|recorded an issue|error:' .build/unit.log | head -60; exit 1; }

check-proxies: setup-test ## nginx, haproxy, Caddy and Apache, each with the configurations of Docs/PROXIES.md; a part of e2e
	$(PYTHON) -m pytest Tests/EndToEnd/proxies -q

e2e: ## the end-to-end tests alone, against .build/debug/boardcast
	$(PYTHON) -m pytest Tests/EndToEnd -q -n 3 --dist loadfile

sdk: ## the JavaScript client's tests alone, in part against .build/debug/boardcast
	.venv/bin/node --test Tests/JavaScript/*.test.mjs

lint: ## style, by .swift-format
	@swift format lint --strict --parallel $(SOURCES) Package.swift

format: ## rewrites the sources by .swift-format
	@swift format --in-place --parallel $(SOURCES) Package.swift

bench: setup ## the table of Docs/PERFORMANCE.md, on this machine (about 15 minutes)
	@Deploy/install-dependencies.sh bench
	for product in boardcast TokenBench StoreBench; do $(FAST) --product $$product || exit; done
	$(MAKE) -C Tests/Load
	python3 Tests/Load/bench.py
	.build/release/TokenBench
	.build/release/StoreBench

storm: release ## 5,000 streams come back at once, 100 events behind
	$(MAKE) -C Tests/Load sseload
	Tests/Load/storm.py

sanitize: setup-test ## the whole suite under ThreadSanitizer, then AddressSanitizer (an hour)
	Tests/Sanitizers/run.sh thread
	Tests/Sanitizers/run.sh address

noisy: release ## a quiet tenant beside one that floods
	$(MAKE) -C Tests/Load sseload
	Tests/Load/noisy.py

soak: release ## churn, writers and slow readers for SOAK=600 seconds: nothing lost, nothing left behind
	Tests/Load/soak.py --seconds $(SOAK)

flips: ## 1,000 flips in the database and 1,000 in its write-ahead log: refused, or right (FLIPS=1000)
	swift build --build-tests -j $(JOBS)
	BOARDCAST_FLIPS=$(FLIPS) swift test --skip-build --filter DamageTests

faults: setup-test ## every fault at full size, by real processes; the table of Docs/RELIABILITY.md (FAULTS=--only=kill)
	$(RELEASE)
	$(PYTHON) Tests/Faults/run.py --report Docs/RELIABILITY.md $(FAULTS)

check: lint test ## what has to pass before a change lands

clean: ## removes what was built
	rm -rf .build .build-*
