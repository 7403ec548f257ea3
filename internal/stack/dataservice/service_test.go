package dataservice

import "testing"

// TestOfImage: the service that an image runs; empty for none.
func TestOfImage(t *testing.T) {
	t.Parallel()
	for image, want := range map[string]string{
		"postgres":                                   "postgres",
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
