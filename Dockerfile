# syntax=docker/dockerfile:1
# One file for all services and the simulator: docker build --build-arg SERVICE=order -t tradewind/order .
ARG NODE=node:24.21.0-bookworm-slim

FROM ${NODE} AS workspace
ENV CI=1 npm_config_update_notifier=false
RUN npm install --global pnpm@12.21.0
WORKDIR /src
# Packages first, by the lock alone: this layer lives until a dependency changes.
COPY pnpm-lock.yaml pnpm-workspace.yaml ./
COPY patches patches
RUN pnpm fetch
COPY . .
RUN pnpm install --frozen-lockfile --offline

# Creates databases, topics and schemas (`tw provision`) and leaves; has all contracts and migrations.
FROM workspace AS setup
USER 1000:1000
ENTRYPOINT ["node", "packages/cli/src/main.ts", "provision"]

# Kafka Connect with Debezium and the Avro converter, which no published image has together in these versions.
FROM maven:3.9-eclipse-temurin-17 AS connect-plugins
COPY infra/debezium/pom.xml /src/pom.xml
RUN mvn -B -q -f /src/pom.xml org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies \
  -DincludeScope=runtime -DoutputDirectory=/plugins/debezium

FROM apache/kafka:4.3.0 AS connect
COPY --from=connect-plugins /plugins /opt/connect/plugins
COPY infra/debezium/worker.properties infra/debezium/start-connect.sh /opt/connect/
ENV LOG_DIR=/tmp/logs KAFKA_HEAP_OPTS="-Xms128m -Xmx384m"
USER 1000:1000
STOPSIGNAL SIGTERM
ENTRYPOINT ["/opt/connect/start-connect.sh"]

FROM workspace AS build
ARG SERVICE
# Node strips types only outside node_modules, and deploying puts the packages there: so images run what tsc has written.
RUN pnpm exec tsc -b "$(pnpm --filter "@tradewind/${SERVICE}" exec pwd)" \
  && pnpm --filter "@tradewind/${SERVICE}" deploy --prod /app

FROM ${NODE} AS service
ENV NODE_ENV=production HOST=0.0.0.0 POLICY_FILE=/app/policies/policy.wasm
WORKDIR /app
COPY --from=build --chown=root:root /app ./
COPY policies/policy.wasm policies/policy.wasm
# What a service keeps in files; a volume that is mounted here takes its owner over.
RUN mkdir /data && chown 1000:1000 /data
USER 1000:1000
STOPSIGNAL SIGTERM
# The same image migrates: node --conditions=dist node_modules/@tradewind/postgres/dist/migrate-main.js NAME=DIR …
CMD ["node", "--conditions=dist", "dist/main.js"]
