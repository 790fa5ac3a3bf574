#!/bin/sh
# Runs once, on an empty volume: the registry must find its database when it starts.
set -eu
psql --username "$POSTGRES_USER" --dbname postgres --set=password="$REGISTRY_PASSWORD" <<'SQL'
CREATE ROLE registry LOGIN PASSWORD :'password';
CREATE DATABASE registry OWNER registry;
REVOKE ALL ON DATABASE registry FROM PUBLIC;
SQL
