# One image runs everything: web, worker, beat and the operator's commands.
FROM python:3.12-slim AS build
WORKDIR /build
COPY requirements.lock pyproject.toml README.md LICENSE ./
RUN python -m venv /opt/followup \
 && /opt/followup/bin/pip install --no-cache-dir --require-hashes -r requirements.lock
COPY followup followup
COPY workers workers
COPY templates templates
RUN /opt/followup/bin/pip install --no-cache-dir --no-deps --no-build-isolation .

FROM python:3.12-slim
ENV PATH=/opt/followup/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 FOLLOWUP_DATA_DIR=/tmp/followup
RUN useradd --system --uid 10001 --home-dir /nonexistent --shell /usr/sbin/nologin followup
COPY --from=build /opt/followup /opt/followup
USER 10001
EXPOSE 8000
CMD ["followup", "web", "--host", "0.0.0.0", "--port", "8000"]
