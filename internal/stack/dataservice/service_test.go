package dataservice

import (
	"fmt"
	"strings"
	"testing"
)

// TestOfImage: the service that an image runs; empty for none.
func TestOfImage(t *testing.T) {
	t.Parallel()
	for image, want := range map[string]string{
		"postgres":                                   "postgres",
		"postgres:${TAG:-17}":                        "postgres",
		"postgres:17-alpine":                         "postgres",
		"localhost:5000/team/redis":                  "redis",
		"localhost:5000/team/redis:8@sha256:0a":      "redis",
		"postgis/postgis:16-3.4":                     "postgres",
		"mcr.microsoft.com/mssql/server:2022-latest": "mssql",
		"registry.example.com/mcr/mssql/server":      "mssql",
		"vaultwarden/server:latest":                  "",
		"server":                                     "",
		"minio/minio:latest":                         "s3",
		"example/notpostgres":                        "",
	} {
		got := ""
		if s := OfImage(image); s != nil {
			got = s.Name
		}
		if got != want {
			t.Errorf("OfImage(%q) = %q, want %q", image, got, want)
		}
	}
}

// TestLoginIn: what a Compose file sets, the URL for it, and what of that URL Compose replaces.
func TestLoginIn(t *testing.T) {
	t.Parallel()
	for password, want := range map[string]string{
		"p@ss":                "p%40ss",
		"${DB_PASS}":          "${DB_PASS}; ${DB_PASS}",
		"$DB_PASS":            "${DB_PASS}; ${DB_PASS}",
		"a@${DB_PASS:?unset}": "a%40${DB_PASS}; ${DB_PASS}",
		"${DB_PASS:-p@ss}":    "${DB_PASS:-p%40ss}; ${DB_PASS:-p@ss} ${DB_PASS:-p%40ss}",
		"$$5":                 "%245",
		"${A:-${B}}":          "app",
	} {
		login := Lookup("postgres").LoginIn(map[string]string{"POSTGRES_PASSWORD": password})
		got := strings.TrimPrefix(Address{Login: login}.Text("x://{password}"), "x://")
		if references := login.References(); len(references) > 0 {
			got += fmt.Sprint("; ", strings.Join(references, " "))
		}
		if got != want {
			t.Errorf("%s: %q, want %q", password, got, want)
		}
	}
}

// TestSettingsWithoutDatabase: the database that SQL files make is not made before.
func TestSettingsWithoutDatabase(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{"mysql": "MYSQL_ROOT_PASSWORD={password}", "postgres": "POSTGRES_USER={user} POSTGRES_PASSWORD={password} POSTGRES_DB=postgres"} {
		var got []string
		for _, s := range Lookup(name).SettingsFor(Login{User: "root", Password: "app", Name: "shop"}, true) {
			got = append(got, s.Name+"="+s.Value)
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}
