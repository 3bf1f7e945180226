#!/bin/sh
# Runs once, on an empty data volume: a database and a role per service, each closed to the others.
set -eu
# The auditor looks into all databases, and can change none of them.
psql -v ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres -v password="$POSTGRES_PASSWORD_AUDIT" <<'SQL'
CREATE ROLE "souk_audit" LOGIN PASSWORD :'password' IN ROLE pg_read_all_data;
ALTER ROLE "souk_audit" SET default_transaction_read_only = on;
SQL
for service in user product cart order payment notification; do
  upper=$(echo "$service" | tr '[:lower:]' '[:upper:]')
  eval "password=\$POSTGRES_PASSWORD_$upper"
  psql -v ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres \
    -v role="souk_$service" -v password="$password" <<'SQL'
CREATE ROLE :"role" LOGIN PASSWORD :'password';
CREATE DATABASE :"role" OWNER :"role";
REVOKE CONNECT, TEMPORARY ON DATABASE :"role" FROM PUBLIC;
GRANT CONNECT ON DATABASE :"role" TO "souk_audit";
SQL
  psql -v ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname "souk_$service" <<'SQL'
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE EXTENSION IF NOT EXISTS unaccent;
SQL
done
