package dataservice

import "github.com/devup-cli/devup/internal/stack"

// clouds stand in for services of a cloud, and for a mail server. A client library alone
// shows none: most projects that have one use the cloud's own.
var clouds = []*Service{
	{
		Name: "s3", Aliases: []string{"minio"}, Title: "S3 storage (MinIO)",
		Image: "minio/minio:RELEASE.2025-09-07T16-13-09Z", Key: "s3", Port: 9000, Extra: []Extra{{9001, "console"}}, Volume: "/data",
		Command:  []string{"server", "/data", "--console-address", ":9001"},
		Settings: []stack.Setting{{Name: "MINIO_ROOT_USER", Value: "{user}"}, {Name: "MINIO_ROOT_PASSWORD", Value: "{password}"}},
		Health:   []string{"curl", "-fsS", "http://127.0.0.1:9000/minio/health/ready"},
		Login:    Login{User: "minioadmin", Password: "minioadmin"},
		Images:   []string{"minio", "rustfs", "seaweedfs"},
		Packages: map[string][]string{
			"node": {"minio", "nestjs-minio-client"}, "python": {"minio", "django-minio-storage", "django-minio-backend"}, "golang": {"github.com/minio/minio-go"},
			"java": {"io.minio:minio"}, "dotnet": {"Minio"},
		},
		Words: []string{"MINIO", "S3"},
		URL:   "http://{host}:{port}",
	},
	{
		Name: "dynamodb", Title: "DynamoDB local",
		Image: "amazon/dynamodb-local:2.6.1", Key: "dynamodb", Port: 8000,
		Command:  []string{"-jar", "DynamoDBLocal.jar", "-sharedDb", "-inMemory"},
		Health:   []string{"curl", "-s", "-o", "/dev/null", "http://127.0.0.1:8000"}, // it answers 400 to a request that is not signed
		Images:   []string{"dynamodb-local"},
		Packages: map[string][]string{},
		Words:    []string{"DYNAMODB", "DYNAMO"},
		URL:      "http://{host}:{port}",
	},
	{
		Name: "localstack", Title: "LocalStack",
		Image: "localstack/localstack:4.9", Key: "localstack", Port: 4566, Volume: "/var/lib/localstack",
		Health: []string{"curl", "-fsS", "http://127.0.0.1:4566/_localstack/health"}, Start: 60,
		Images:   []string{"localstack", "localstack-pro"},
		Packages: map[string][]string{"python": {"localstack-client"}},
		Words:    []string{"LOCALSTACK"},
		URL:      "http://{host}:{port}",
	},
	{
		Name: "mailpit", Aliases: []string{"mail", "mailhog", "smtp"}, Title: "Mailpit",
		Image: "axllent/mailpit:v1.27", Key: "mail", Port: 1025, Extra: []Extra{{8025, "mails"}},
		Settings:   []stack.Setting{{Name: "MP_SMTP_AUTH_ACCEPT_ANY", Value: "1"}, {Name: "MP_SMTP_AUTH_ALLOW_INSECURE", Value: "1"}},
		Health:     []string{"/mailpit", "readyz"},
		Images:     []string{"mailpit", "mailhog", "maildev", "mailcatcher"},
		Packages:   map[string][]string{},
		Words:      []string{"SMTP", "MAIL", "EMAIL", "MAILER", "MAILHOG", "MAILPIT"},
		Schemes:    []string{"smtp"},
		IgnoreURLs: true,
		Login:      Login{User: "app", Password: "app"},
		URL:        "smtp://{host}:{port}",
	},
}

// searches find text.
var searches = []*Service{
	{
		Name: "elasticsearch", Aliases: []string{"elastic"}, Title: "Elasticsearch",
		Image: "docker.elastic.co/elasticsearch/elasticsearch:8.19.0", Key: "elasticsearch", Port: 9200, Volume: "/usr/share/elasticsearch/data",
		Settings: []stack.Setting{
			{Name: "discovery.type", Value: "single-node"}, {Name: "xpack.security.enabled", Value: "false"}, {Name: "ES_JAVA_OPTS", Value: "-Xms512m -Xmx512m"},
		},
		Health: []string{"curl", "-fsS", "http://127.0.0.1:9200/_cluster/health?wait_for_status=yellow&timeout=1s"}, Start: 90,
		Images: []string{"elasticsearch"},
		Packages: map[string][]string{
			"node": {"@elastic/elasticsearch", "elasticsearch", "@nestjs/elasticsearch"}, "python": {"elasticsearch", "elasticsearch-dsl", "django-elasticsearch-dsl"},
			"golang": {"github.com/elastic/go-elasticsearch", "github.com/olivere/elastic"},
			"java":   {"spring-boot-starter-data-elasticsearch", "elasticsearch-java", "elasticsearch-rest-high-level-client"}, "ruby": {"elasticsearch", "elasticsearch-model", "searchkick"},
			"php": {"elasticsearch/elasticsearch"}, "rust": {"elasticsearch"}, "dotnet": {"Elastic.Clients.Elasticsearch", "NEST"},
		},
		Words: []string{"ELASTICSEARCH", "ELASTIC", "ES"},
		URL:   "http://{host}:{port}",
	},
	{
		Name: "opensearch", Title: "OpenSearch",
		Image: "opensearchproject/opensearch:2.19.1", Key: "opensearch", Port: 9200, Volume: "/usr/share/opensearch/data",
		Settings: []stack.Setting{
			{Name: "discovery.type", Value: "single-node"},
			{Name: "DISABLE_SECURITY_PLUGIN", Value: "true"},
			{Name: "DISABLE_INSTALL_DEMO_CONFIG", Value: "true"},
			{Name: "OPENSEARCH_JAVA_OPTS", Value: "-Xms512m -Xmx512m"},
		},
		Health: []string{"curl", "-fsS", "http://127.0.0.1:9200/_cluster/health?wait_for_status=yellow&timeout=1s"}, Start: 90,
		Images: []string{"opensearch"},
		Packages: map[string][]string{
			"node": {"@opensearch-project/opensearch"}, "python": {"opensearch-py", "opensearch-dsl"}, "golang": {"github.com/opensearch-project/opensearch-go"},
			"java": {"opensearch-java", "opensearch-rest-client"}, "ruby": {"opensearch-ruby"}, "php": {"opensearch-project/opensearch-php"}, "dotnet": {"OpenSearch.Client"},
		},
		Words: []string{"OPENSEARCH"},
		URL:   "http://{host}:{port}",
	},
	{
		Name: "meilisearch", Title: "Meilisearch",
		Image: "getmeili/meilisearch:v1.15", Key: "meilisearch", Port: 7700, Volume: "/meili_data",
		Health: []string{"curl", "-fsS", "http://127.0.0.1:7700/health"},
		Images: []string{"meilisearch"},
		Packages: map[string][]string{
			"node": {"meilisearch"}, "python": {"meilisearch"}, "golang": {"github.com/meilisearch/meilisearch-go"}, "ruby": {"meilisearch", "meilisearch-rails"},
			"php": {"meilisearch/meilisearch-php"}, "rust": {"meilisearch-sdk"},
		},
		Words: []string{"MEILI", "MEILISEARCH"},
		URL:   "http://{host}:{port}",
	},
}
