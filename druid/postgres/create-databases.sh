#!/bin/sh
# Run once by the PostgreSQL image: a database and an account for Druid's metadata, and one of each for Mauzo.
set -eu

create() {
  psql --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres \
    --set name="$1" --set password="$2" <<'SQL'
create role :"name" login password :'password';
create database :"name" owner :"name" encoding 'UTF8' template template0;
SQL
}

create druid "$DRUID_DB_PASSWORD"
create mauzo "$MAUZO_DB_PASSWORD"
