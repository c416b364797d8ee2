# One image for every part of the portal; the command says which (portal/serve.py).
#
# Pinned by tag. A tag can be moved by its owner and a digest cannot: whoever builds for production
# adds the digest that their own registry vouches for (docs/operations.md).

FROM python:3.13.16-slim-trixie AS base
ENV PATH=/venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    PYTHONUTF8=1
WORKDIR /app


# Wheels alone, each with a known hash: nothing is compiled, so no stage needs a compiler.
FROM base AS packages
COPY requirements/base.txt requirements/base.txt
RUN python -m venv --without-pip /venv \
    && pip --python /venv/bin/python install --no-cache-dir --disable-pip-version-check \
        --require-hashes --only-binary=:all: -r requirements/base.txt


# The key is for these commands alone: nothing that they write depends on it.
FROM packages AS built
COPY . .
RUN PORTAL_SECRET_KEY=thrown-away python manage.py collectstatic --noinput --verbosity 0 \
    && python -m compileall -q --invalidation-mode unchecked-hash . \
    && mkdir -p var/media


FROM base
ARG VERSION=local
ARG REVISION=unknown
LABEL org.opencontainers.image.title="Fri från våld" \
      org.opencontainers.image.description="Staff knowledge and training portal for a city's programme against violence" \
      org.opencontainers.image.licenses="EUPL-1.2" \
      org.opencontainers.image.base.name="docker.io/library/python:3.13.16-slim-trixie" \
      org.opencontainers.image.version="$VERSION" \
      org.opencontainers.image.revision="$REVISION"

# Code belongs to root and the portal runs as somebody else: it can write in var and nowhere else.
RUN groupadd --gid 10001 portal \
    && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin portal
COPY --from=packages /venv /venv
COPY --from=built /app /app
RUN chown -R 10001:10001 var
USER 10001:10001

EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python", "-m", "portal.serve", "answers", "/halsa/live"]
CMD ["python", "-m", "portal.serve", "web", "--bind", "0.0.0.0:8000"]
