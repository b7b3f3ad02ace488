# Run `just` to see what there is. Without an activated virtual environment: `uv run just …`

export QUART_APP := "app"
set positional-arguments

[private]
default:
    @just --list --unsorted

# Run everything that development needs, until Ctrl-C: web, worker, assets, Valkey, a mail catcher
[no-exit-message]
dev:
    @exec quart dev

# Build styles and scripts, with --watch whenever a source is saved
[no-exit-message]
assets *ARGS:
    @exec quart assets "$@"

# Serve the pages only
web:
    @exec quart web

# Do jobs, and so deliver mail, only
worker:
    @exec quart worker

# Open a Python shell with the application at hand, in which `await` works
shell:
    @exec quart shell

# List the addresses that the application answers
routes *ARGS:
    @quart routes "$@"

# Run Alembic, for example: just db history
db *ARGS:
    @quart db "$@"

# Bring the database up to date
migrate:
    quart migrate

# Write a migration for what has changed in the models
revision MESSAGE:
    @quart revision "$1"

# Drop all tables and migrate afresh; in production only with --force
[no-exit-message]
recreate-db *ARGS:
    @quart recreate-db "$@"

# Copy the database into FILE, or into var/backups/, while everything runs on
[no-exit-message]
backup *FILE:
    @quart backup "$@"

# Bring back what `backup` wrote; --force loses what is stored now
[no-exit-message]
restore FILE *ARGS:
    @quart restore "$@"

# Add the roles and the development administrator
setup-dev:
    quart setup-dev

# Add the roles and the administrator whom ADMIN_EMAIL and ADMIN_PASSWORD name
setup-prod:
    quart setup-prod

# Add invented users: ten, or as many as -n says
[no-exit-message]
add-fake-data *ARGS:
    @quart add-fake-data "$@"

# Add, list and promote people, for example: just users create ada@example.com
[no-exit-message]
users *ARGS:
    @quart users "$@"

# Say which settings are not fit for production
[no-exit-message]
check-deploy:
    @quart check-deploy

# Run all tests, or those that ARGS choose: on SQLite in one process, on PostgreSQL in another; `-n0` for a debugger
test *ARGS:
    @pytest -n2 --dist loadgroup "$@"

# Measure it beside others: all, or mail, pages, storm, start or users; --help says more
[no-exit-message]
bench *ARGS:
    @python -W "ignore:XDG_RUNTIME_DIR is not set" -m bench "$@"

# Kill, freeze, fill and cut what the application stands on, and see that nothing accepted is lost
test-faults *ARGS:
    @pytest tests/faults -m faults "$@"

# Look at the application through Chromium, which it installs where there is none; needs no display
test-browser *ARGS:
    @python -m tests.browser.chromium
    @pytest tests/browser -m browser "$@"

# Take the pictures that the README shows
screenshots:
    @python -m tests.browser.chromium
    UPDATE_DOCS=1 pytest tests/browser/test_pictures.py -m browser

# Build the documentation, into var/docs/
docs:
    sphinx-build -E -W --keep-going --quiet -c docs -d var/doctrees . var/docs
    @echo "var/docs/index.html"

# Put the code in its usual form
format:
    ruff format
    ruff check --fix --select I

# Look for mistakes in the code, the templates and the order of the layers
lint:
    ruff format --check
    ruff check
    lint-imports
    djlint --lint --quiet templates

# Check the types
types:
    mypy

# Everything that has to hold before a commit, except the tests
check: lint types
    uv lock --check

# Write requirements.txt anew from the lock, for platforms that read nothing else
requirements:
    uv export --quiet --frozen --no-default-groups --extra reporting --no-hashes --no-annotate --no-header --output-file requirements.txt

# Look for known holes in what is installed, in Python and in browsers
audit:
    uv export --quiet --frozen --no-default-groups --extra reporting --no-emit-project --output-file var/audit.txt
    uvx pip-audit --disable-pip --require-hashes --requirement var/audit.txt
    npm audit --audit=true

# Do on this machine what a platform does, twice under load, and count what was dropped
[no-exit-message]
rehearse-deploy:
    @python -W "ignore:XDG_RUNTIME_DIR is not set" .ci/rehearse-deploy.py
