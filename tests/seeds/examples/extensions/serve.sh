postgrest postgrest.conf
