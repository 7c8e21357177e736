# `ringback serve`, to be asked on port 8088. It listens on every address of its container, so its
# control API answers only to who shows the token of RINGBACK_CONTROL_TOKEN.

FROM python:3.13-slim AS build
WORKDIR /source
COPY . .
RUN python -m pip wheel --no-cache-dir --constraint constraints.txt --wheel-dir /wheels .

FROM python:3.13-slim
RUN --mount=type=bind,from=build,source=/wheels,target=/wheels \
    python -m pip install --no-cache-dir --no-index --find-links /wheels ringback
RUN useradd --system --no-create-home ringback
USER ringback
ENV RINGBACK_HOST=0.0.0.0 RINGBACK_PORT=8088 PYTHONUNBUFFERED=1
EXPOSE 8088
HEALTHCHECK --interval=2s --timeout=2s --start-period=10s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request as u; u.urlopen(f'http://127.0.0.1:{os.environ[\"RINGBACK_PORT\"]}/_ringback/ready')"]
ENTRYPOINT ["ringback"]
CMD ["serve"]
