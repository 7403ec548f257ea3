package dataservice

import (
	"strings"
	"testing"
)

// TestClassify: what the name of a variable says: the part, and which services it may mean.
func TestClassify(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"DATABASE_URL":                         "URL of postgres mysql mariadb mongo mssql",
		"SQLALCHEMY_DATABASE_URI":              "URL of postgres mysql mariadb mongo mssql",
		"SPRING_DATASOURCE_URL":                "URL of postgres mysql mariadb mongo mssql",
		"DB_CONNECTION_STRING":                 "URL of postgres mysql mariadb mongo mssql",
		"ConnectionStrings__Shop":              "",
		"ConnectionStrings__DefaultConnection": "URL of postgres mysql mariadb mongo mssql",
		"DB_HOST":                              "host of postgres mysql mariadb mongo mssql",
		"DBHOST":                               "host of postgres mysql mariadb mongo mssql",
		"DB_NAME":                              "name of postgres mysql mariadb mongo mssql",
		"DB_DATABASE":                          "name of postgres mysql mariadb mongo mssql",
		"DB_USERNAME":                          "user of postgres mysql mariadb mongo mssql",
		"DB_PASS":                              "password of postgres mysql mariadb mongo mssql",
		"DB_CONNECTION":                        "driver of postgres mysql mariadb mongo mssql",
		"POSTGRES_DB":                          "name of postgres",
		"POSTGRES_USER":                        "user of postgres",
		"PGHOST":                               "host of postgres",
		"PGPASSWORD":                           "password of postgres",
		"PGDATABASE":                           "name of postgres",
		"MYSQL_ROOT_PASSWORD":                  "password of mysql mariadb",
		"MYSQL_DATABASE":                       "name of mysql mariadb",
		"MONGO_URI":                            "URL of mongo",
		"MONGODB":                              "URL of mongo",
		"MONGO_URI_ONLINE":                     "URL of mongo",
		"NITRO_DB_URL":                         "URL of postgres mysql mariadb mongo mssql",
		"mongoURI":                             "URL of mongo",
		"ATLAS_URI":                            "URL of mongo",
		"REDIS_HOST":                           "host of redis valkey",
		"REDIS_TLS_URL":                        "URL of redis valkey",
		"CELERY_BROKER_URL":                    "URL of redis valkey memcached rabbitmq kafka",
		"RABBITMQ_DEFAULT_USER":                "user of rabbitmq",
		"KAFKA_BOOTSTRAP_SERVERS":              "host and port of kafka",
		"ELASTICSEARCH_URL":                    "URL of elasticsearch opensearch",
		"SMTP_HOST":                            "host of mailpit",
		"AWS_S3_ENDPOINT_URL":                  "URL of s3",
		"PAYMENTS_DB_URL":                      "",
		"TEST_DATABASE_URL":                    "",
		"BASE_URL":                             "",
		"API_URL":                              "",
		"SECRET_KEY":                           "",
		"HOST":                                 "",
		"USER":                                 "",
		"REDIS_MONGO_URL":                      "",
		"AZURE_STORAGE_CONNECTION_STRING":      "",
	} {
		got := ""
		if m, ok := classify(name); ok {
			got = string(m.Part) + " of " + strings.Join(m.Services, " ")
		}
		if got != want {
			t.Errorf("classify(%q) = %q, want %q", name, got, want)
		}
	}
}
