# The base image is the deployer's choice. Name it by digest, so that what was tried is what runs:
#   docker build --build-arg PYTHON_IMAGE=python@sha256:... --tag steady .
ARG PYTHON_IMAGE=python:3.12-slim-bookworm

FROM ${PYTHON_IMAGE} AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PYTHONDONTWRITEBYTECODE=1
RUN python -m venv /venv
COPY requirements-postgres.lock /
RUN /venv/bin/pip install --require-hashes --only-binary=:all: --requirement /requirements-postgres.lock
WORKDIR /steady
COPY manage.py gunicorn.conf.py ./
COPY triage triage
COPY content content
COPY templates templates
COPY static static
COPY docs/safety docs/safety
# Static files need no secret; this one is forgotten with the layer.
RUN SECRET_KEY=for-collectstatic-alone-and-nothing-else ALLOWED_HOSTS=localhost \
    /venv/bin/python manage.py collectstatic --no-input --verbosity 0 \
    && /venv/bin/python -m compileall -q /venv/lib triage content

FROM ${PYTHON_IMAGE}
RUN useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin steady
ENV PATH=/venv/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 HOST=0.0.0.0 PORT=8000
COPY --from=build /venv /venv
COPY --from=build /steady /steady
WORKDIR /steady
# Nothing here belongs to this user, and nothing has to be written: run it with --read-only --tmpfs /tmp.
USER 10001
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s --retries=3 \
    CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8000/readyz', timeout=4)"]
CMD ["gunicorn"]
