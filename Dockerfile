# Two stages: wheels are built with all that it takes, and installed where nothing but Python is.
ARG PYTHON=3.12

FROM python:${PYTHON}-slim-bookworm AS build
WORKDIR /src
RUN python -m venv /opt/zonewright
COPY pyproject.toml README.md ./
COPY operator ./operator
COPY crds ./crds
RUN /opt/zonewright/bin/pip install --no-cache-dir '.[all]' \
    && /opt/zonewright/bin/python -m compileall -q /opt/zonewright/lib

FROM python:${PYTHON}-slim-bookworm
COPY --from=build /opt/zonewright /opt/zonewright
ENV PATH=/opt/zonewright/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
# Nothing is written to the file system, and no port below 1024 is listened on.
USER 65532:65532
EXPOSE 7979
ENTRYPOINT ["zonewright"]
CMD ["run"]
