# Three stages: what browsers load, what Python runs, and the image, which has neither Node nor uv nor a compiler.
FROM node:24-slim AS assets
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY assets assets
RUN npm run build

FROM python:3.13-slim AS packages
WORKDIR /app
ENV UV_LINK_MODE=copy UV_COMPILE_BYTECODE=1 UV_PYTHON_DOWNLOADS=never
# Whatever uv it is, uv.lock says what it installs.
# hadolint ignore=DL3013
RUN pip install --no-cache-dir uv
COPY pyproject.toml uv.lock README.md LICENSE ./
RUN uv sync --frozen --no-default-groups --extra reporting --no-install-project
COPY src src
RUN uv sync --frozen --no-default-groups --extra reporting

FROM python:3.13-slim
RUN useradd --uid 10001 --no-create-home app
WORKDIR /app
COPY . .
COPY --from=packages /app/.venv .venv
COPY --from=assets /app/static/dist static/dist
ENV PATH=/app/.venv/bin:$PATH QUART_APP=app PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PORT=5000
USER 10001
EXPOSE 5000
HEALTHCHECK --interval=10s --timeout=3s --start-period=15s CMD ["python", "-c", \
    "import os, urllib.request; urllib.request.urlopen(f'http://127.0.0.1:{os.environ[\"PORT\"]}/healthz', timeout=2)"]
CMD ["quart", "web"]
