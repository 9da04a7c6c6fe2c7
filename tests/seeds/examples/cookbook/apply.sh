psql -d mydb -f upgrade.sql
