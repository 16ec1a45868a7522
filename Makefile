# Everything a developer or a curious user runs. Each target installs what it needs on a fresh Debian machine
# with Python 3.11 or newer: a virtual environment in .venv, and for the tests LibreOffice.

PYTHON ?= python3
BIN := .venv/bin
SUDO := $(shell [ "$$(id -u)" = 0 ] || echo sudo)
APT := $(SUDO) env DEBIAN_FRONTEND=noninteractive apt-get -qq -o Dpkg::Use-Pty=0
# Recipe that installs Debian packages, or says which ones somebody else must install.
debian = { echo "Installing with apt: $(1)"; $(APT) update && $(APT) install -y --no-install-recommends $(1) >/dev/null; } || \
  { echo "arcredit needs these Debian packages: $(1)"; echo "Install them as root and try again: apt-get install $(1)"; exit 1; } >&2

.PHONY: demo test lint bench mutation fuzz templates pictures docs site office audit release

demo: .venv/.ready
	$(BIN)/arcredit demo

test: .venv/.ready office build/azurite/.ready lint
	$(BIN)/python -m pytest -n auto --dist worksteal

lint: .venv/.ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: .venv/.ready
	$(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev,bench]'
	$(BIN)/python -m benchmarks

# Changes the credit floor's code in thousands of ways and counts what no test notices: tests/README.md.
# A fifth of the mutants takes a quarter of an hour; all of them: make mutation SHARE=1
# PART=reports: of the modules that only reports use; PART=functions: of the others.
SHARE ?= 0.2
SEED ?= 1
PART ?= all
mutation: .venv/.ready
	$(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev,mutation]'
	$(BIN)/python tests/mutation.py --share $(SHARE) --seed $(SEED) --part $(PART)

# Hostile files and command lines guided by coverage, one kind after the other: make fuzz FUZZ_SECONDS=3600
# What is found is written to fuzz/found and belongs, with its fix, into tests/fuzz_cases. Linux only.
FUZZ_SECONDS ?= 60
fuzz: .venv/.ready
	$(BIN)/pip install --quiet --disable-pip-version-check 'atheris>=3,<4'
	for kind in zip sheet cells formulas news cli; do $(BIN)/python fuzz/fuzz_$$kind.py $(FUZZ_SECONDS) || exit 1; done

templates: .venv/.ready
	$(BIN)/python workbook_templates/make_samples.py
	$(BIN)/python workbook_templates/make_templates.py

pictures: .venv/.ready office
	$(BIN)/python docs/make_pictures.py

docs: .venv/.ready
	$(BIN)/python -m arcredit.hosts.reference docs

# The manual and the reference as a site in build/site.
site: docs
	$(BIN)/pip install --quiet --disable-pip-version-check 'mkdocs>=1.6,<2'
	$(BIN)/mkdocs build --strict --quiet

# Known weaknesses of what arcredit stands on; asks the advisory service of PyPI, and fails for what it cannot ask.
# Another service: make audit AUDIT='--vulnerability-service osv'; a mirror of it: … AUDIT='… --osv-url https://…/v1/query'
AUDIT ?= --vulnerability-service pypi
audit: .venv/.ready
	$(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt 'pip-audit>=2.9,<3'
	$(BIN)/pip-audit --strict --disable-pip --no-deps $(AUDIT) --requirement constraints.txt

# Wheel and source distribution, the same bytes from the same commit, and a bill of materials of what a user installs.
release: .venv/.ready
	rm -rf dist .venv-release
	SOURCE_DATE_EPOCH=$$(git log -1 --format=%ct) $(BIN)/python -m build --no-isolation --outdir dist
	$(PYTHON) -m venv --without-pip .venv-release
	$(BIN)/pip --python .venv-release/bin/python install --quiet --disable-pip-version-check \
	  --constraint constraints.txt dist/*.whl
	rm .venv-release/lib/python*/site-packages/arcredit-*.dist-info/direct_url.json  # where it was built
	$(BIN)/pip install --quiet --disable-pip-version-check 'cyclonedx-bom>=7,<8'
	sed "s/^dynamic = .*/version = \"$$(.venv-release/bin/python -c 'import arcredit; print(arcredit.__version__)')\"/" \
	  pyproject.toml > .venv-release/pyproject.toml
	$(BIN)/cyclonedx-py environment --output-reproducible --pyproject .venv-release/pyproject.toml --of JSON \
	  -o dist/arcredit.cdx.json .venv-release
	rm -rf .venv-release
	cd dist && sha256sum * > SHA256SUMS

.venv/.ready: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit("arcredit needs Python 3.11 or newer") if sys.version_info < (3, 11) else 0'
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || $(call debian,python3-venv)
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	@touch $@

# The tests drive a headless LibreOffice through UNO, look at Chinese text, and trace and fail system calls.
office:
	@{ command -v soffice && command -v strace && command -v unshare && command -v pdftotext && /usr/bin/python3 -c 'import uno, numpy'; } >/dev/null 2>&1 || \
	  $(call debian,libreoffice-calc python3-uno python3-numpy fonts-noto-cjk strace util-linux poppler-utils)

# The server that stands in for Azure's stores.
build/azurite/.ready:
	@command -v npm >/dev/null || $(call debian,nodejs npm)
	npm install --silent --no-audit --no-fund --prefix build/azurite 'azurite@^3.35'
	@touch $@
