# The shim and cdictl as an image that works on the host whose root is mounted at /host:
#
#   docker build --tag cdi-runtime .
#   docker run --rm --volume /:/host cdi-runtime install
#   docker run --rm --volume /:/host cdi-runtime engine configure docker
#
# Bases of Debian 13 or newer; one that has Node already needs none installed.
ARG BUILD_BASE=debian:13-slim
ARG BASE=debian:13-slim

# Packages that it takes to build and check, and the tools of npm, which change seldom
FROM ${BUILD_BASE} AS deps
ENV DEBIAN_FRONTEND=noninteractive
RUN set -e; \
    apt-get update; \
    apt-get install -y --no-install-recommends ca-certificates nodejs npm; \
    rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY package.json package-lock.json .npmrc ./
COPY tools/ tools/
COPY scripts/ scripts/
RUN set -e; \
    npm ci; \
    npm run packages build; \
    rm -rf /var/lib/apt/lists/*

# The static shim, and cdictl with all that it needs inside
FROM deps AS build
COPY . .
RUN set -e; npm run build

# What can be checked without privileges, engines and devices
FROM build AS check
RUN set -e; \
    npm run lint; \
    npx node --test \
      'test/{text,cdi,oci,schema,edits,host,registry,bundle,requests,policy,settings,inject,engines}/**/*.test.ts'

# Both programs, from where they were checked, and Node for one of them
FROM ${BASE} AS final
RUN set -e; \
    if ! command -v node; then \
      apt-get update; \
      apt-get install -y --no-install-recommends nodejs; \
      rm -rf /var/lib/apt/lists/*; \
    fi
COPY --from=check /src/package.json /src/LICENSE /src/NOTICE /opt/cdi-runtime/
COPY --from=check /src/dist/cdictl.js /src/dist/cdictl.licenses.txt /src/dist/cdi-runtime /opt/cdi-runtime/dist/
COPY --from=check /src/dist/cdictl/ /opt/cdi-runtime/dist/cdictl/
RUN set -e; \
    ln -s /opt/cdi-runtime/dist/cdictl.js /usr/local/bin/cdictl; \
    cdictl --version
ENTRYPOINT ["cdictl", "--host-root", "/host"]
CMD ["--help"]
