# cdictl and the shim as an image that works on the host whose root is mounted at /host:
#
#   docker build --tag cdictl .
#   docker run --rm --volume /:/host cdictl install
#   docker run --rm --volume /:/host cdictl engine configure docker
#
# A base of Debian 13 or newer to build on; a base with Node 20.19 or newer to run on.
# The last two stages describe the images of a release, too: scripts/release/images.ts builds them on its own files.
ARG BUILD_BASE=debian:13-slim
ARG BASE=node:24-slim

# Packages that build and check need, which change seldom
FROM ${BUILD_BASE} AS deps
ENV DEBIAN_FRONTEND=noninteractive
RUN set -e; \
    if ! command -v npm; then \
      apt-get update; \
      apt-get install -y --no-install-recommends ca-certificates nodejs npm; \
    fi
WORKDIR /src
COPY package.json package-lock.json .npmrc ./
COPY tools/ tools/
COPY scripts/ scripts/
RUN set -e; \
    npm ci; \
    npm run packages build

# The library, cdictl and the static shim
FROM deps AS build
COPY . .
RUN set -e; npm run build

# What can be checked without privileges, engines and devices, and then the files of the images
FROM build AS check
RUN set -e; \
    npm run lint; \
    npx node --test 'test/{text,cdi,oci,schema,edits,registry,requests,settings}/**/*.test.ts'
RUN set -e; npx node scripts/release/rootfs.ts /rootfs

# The shim alone, for a COPY --from= of your own
FROM scratch AS shim
ARG VERSION=0.1.0
COPY --from=check /rootfs/cdi-runtime/ /
LABEL org.opencontainers.image.version=${VERSION}
ENTRYPOINT ["/cdi-runtime"]

# cdictl with the shim
FROM ${BASE} AS image
ARG VERSION=0.1.0
COPY --from=check /rootfs/cdictl/ /
ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
LABEL org.opencontainers.image.version=${VERSION}
ENTRYPOINT ["cdictl", "--host-root", "/host"]
CMD ["--help"]
