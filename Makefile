# make help tells what there is. Go and make are all that must be there beforehand.

PORT      ?= 8080
DATABASE  ?= sqlite
FUZZTIME  ?= 30s
SOAKTIME  ?= 10m
KILLS     ?= 1000
ROUNDS    ?= 5

# A tag v1.2.3 gives 1.2.3, or 1.2.3-4-gabcdef after it; without tags this is the version on the way.
VERSION := $(patsubst v%,%,$(or $(shell git describe --tags --match 'v[0-9]*' --dirty 2>/dev/null),0.1.0-dev))

GOBUILD = CGO_ENABLED=0 go build -trimpath -ldflags '-X etamil/cmd/internal/version.Version=$(VERSION)'
NEED    = packaging/scripts/need

# Where goroutines share something: these tests run under the race detector.
RACE = etamil/engine,etamil/engine/db/...,etamil/engine/host/...,etamil/engine/value,etamil/fcgi/...,etamil/cmd/...,etamil/nginx,etamil/examples

.PHONY: build
build: ## bin/etamil and bin/etamild (pure Go, version stamped)
	@mkdir -p bin
	$(GOBUILD) -o bin/ ./cmd/etamil ./cmd/etamild

.PHONY: run
run: build ## the ledger behind a private nginx: make run PORT=8080 DATABASE=sqlite|postgres; Ctrl-C stops everything
	@$(NEED) nginx=nginx-light $(if $(filter postgres,$(DATABASE)),postgres=postgresql)
	@$(GOBUILD) -o bin/tools/ ./cmd/internal/tryout
	@exec bin/tools/tryout --port '$(PORT)' --bin bin --database '$(DATABASE)' examples/ledger/main.qmz

.PHONY: test
test: ## go vet and every test; with CI set a skipped test fails
	@$(NEED) --or-go-on nginx=nginx-light ab=apache2-utils wrk=wrk curl=curl 'gcc=gcc libc6-dev' \
		rpm=rpm lintian=lintian man=man-db systemd-analyze=systemd debootstrap=debootstrap systemd-nspawn=systemd-container apparmor_parser=apparmor \
		postgres=postgresql mariadbd=mariadb-server redis-server=redis-server pgbouncer=pgbouncer
	@go run ./cmd/internal/testrun -race '$(RACE)'

.PHONY: bench
bench: build ## ratios beside PHP-FPM, net/http/fcgi, CPython, side by side: make bench ROUNDS=5
	@$(NEED) --or-go-on nginx=nginx-light ab=apache2-utils wrk=wrk python3=python3 php=php-cli php-fpm=php-fpm php:bcmath=php-bcmath \
		php:pdo_pgsql=php-pgsql php:pdo_sqlite=php-sqlite3 postgres=postgresql
	@$(GOBUILD) -o bin/tools/ ./cmd/internal/bench ./cmd/internal/bench/barefcgi
	@exec bin/tools/bench -rounds '$(ROUNDS)' -bin bin

.PHONY: soak
soak: build ## load for SOAKTIME, then KILLS kills amid money transfers; fails when an answer or a sum is wrong or memory grows
	@$(NEED) nginx=nginx-light postgres=postgresql
	@$(GOBUILD) -o bin/tools/ ./cmd/internal/soak
	@exec bin/tools/soak -for '$(SOAKTIME)' -kills '$(KILLS)' -bin bin

.PHONY: fuzz
fuzz: ## every fuzz target for FUZZTIME; FUZZ=regexp narrows them
	@FUZZTIME='$(FUZZTIME)' FUZZ='$(FUZZ)' packaging/scripts/fuzz

.PHONY: cover
cover: ## statement coverage of engine and fcgi
	@$(NEED) --or-go-on nginx=nginx-light ab=apache2-utils wrk=wrk curl=curl
	@packaging/scripts/cover

.PHONY: lint
lint: ## gofmt, go vet, staticcheck, govulncheck
	@packaging/scripts/lint

.PHONY: packages
packages: ## dist/*.deb, dist/*.rpm and their SBOMs, for amd64 and arm64
	@go run ./cmd/internal/pack -version '$(VERSION)' -out dist

.PHONY: clean
clean: ## remove what make has built
	rm -rf bin dist

.PHONY: help
help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
