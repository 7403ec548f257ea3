package dataservice

import "github.com/devup-cli/devup/internal/stack"

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
