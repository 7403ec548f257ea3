package dataservice

import (
	"github.com/devup-cli/devup/internal/stack"
	"github.com/devup-cli/devup/internal/stack/manifest"
)

// caches keep values in memory; Redis is a broker as well.
var caches = []*Service{
	{
		Name: "redis", Title: "Redis", Group: Cache,
		Image: "redis:8", Key: "redis", Port: 6379, Volume: "/data",
		Health: []string{"redis-cli", "-e", "ping"}, // -e: an error as answer fails
		Login:  Login{Name: "0"},
		Images: []string{"redis", "redis-stack", "redis-stack-server"},
		Packages: map[string][]string{
			"node": {
				"redis", "ioredis", "bullmq", "bull", "bee-queue", "connect-redis", "@nestjs/bull", "@nestjs/bullmq", "@socket.io/redis-adapter", "rate-limit-redis", "@fastify/redis", "@keyv/redis",
			},
			"python":      {"redis", "aioredis", "rq", "django-rq", "flask-rq2", "django-redis", "celery[redis]", "arq", "channels-redis", "huey", "flask-redis", "dramatiq[redis]"},
			"golang":      {"github.com/redis/go-redis", "github.com/go-redis/redis", "github.com/gomodule/redigo", "github.com/hibiken/asynq", "github.com/redis/rueidis"},
			"java":        {"spring-boot-starter-data-redis", "spring-boot-starter-data-redis-reactive", "jedis", "lettuce-core", "redisson", "spring-session-data-redis"},
			"ruby":        {"redis", "sidekiq", "resque", "redis-rails", "hiredis"},
			"php":         {"predis/predis", "ext-redis"},
			"rust":        {"redis", "deadpool-redis", "fred"},
			"dotnet":      {"StackExchange.Redis", "Microsoft.Extensions.Caching.StackExchangeRedis"},
			"elixir":      {"redix"},
			manifest.Deno: {"@db/redis", "@iuioiua/redis", "x/redis"},
		},
		Words:   []string{"REDIS", "REDISCLOUD", "UPSTASH"},
		Schemes: []string{"redis", "rediss"},
		Plain:   map[string]string{"rediss": "redis"},
		URL:     "redis://{host}:{port}/{name}",
		URLs:    map[string]string{"dotnet": "{host}:{port}"},
	},
	{
		Name: "valkey", Title: "Valkey", Group: Cache,
		Image: "valkey/valkey:8", Key: "valkey", Port: 6379, Volume: "/data",
		Health: []string{"valkey-cli", "-e", "ping"},
		Login:  Login{Name: "0"},
		Images: []string{"valkey"},
		Packages: map[string][]string{
			"node": {"iovalkey", "@valkey/valkey-glide"}, "python": {"valkey", "valkey-glide", "django-valkey"}, "golang": {"github.com/valkey-io/valkey-go"},
		},
		Words:   []string{"VALKEY"},
		Schemes: []string{"valkey", "valkeys"},
		Plain:   map[string]string{"valkeys": "valkey"},
		URL:     "{scheme}://{host}:{port}/{name}",
	},
	{
		Name: "memcached", Title: "Memcached", Group: Cache,
		Image: "memcached:1.6", Key: "memcached", Port: 11211,
		// The image has no client, but bash.
		Health: []string{"bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/11211 && echo version >&3 && read -r -t 2 word <&3 && [[ $word == VERSION* ]]"},
		Images: []string{"memcached"},
		Packages: map[string][]string{
			"node": {"memjs", "memcached"}, "python": {"pymemcache", "pylibmc", "python-memcached", "aiomcache"}, "golang": {"github.com/bradfitz/gomemcache"},
			"java": {"spymemcached", "xmemcached"}, "ruby": {"dalli"}, "php": {"ext-memcached"}, "rust": {"memcache"}, "dotnet": {"EnyimMemcachedCore"},
		},
		Words:   []string{"MEMCACHED", "MEMCACHE", "MEMCACHIER"},
		Schemes: []string{"memcached", "memcache"},
		URL:     "{host}:{port}",
	},
}

// queues carry messages.
var queues = []*Service{
	{
		Name: "rabbitmq", Aliases: []string{"amqp"}, Title: "RabbitMQ", Group: Queue,
		Image: "rabbitmq:4-management", Key: "rabbitmq", Port: 5672, Extra: []Extra{{15672, "management page"}}, Volume: "/var/lib/rabbitmq",
		Settings: []stack.Setting{{Name: "RABBITMQ_DEFAULT_USER", Value: "{user}"}, {Name: "RABBITMQ_DEFAULT_PASS", Value: "{password}"}},
		Health:   []string{"rabbitmq-diagnostics", "-q", "check_port_connectivity"}, Start: 60,
		Login:  Login{User: "guest", Password: "guest"},
		Images: []string{"rabbitmq"},
		Packages: map[string][]string{
			"node": {"amqplib", "amqp-connection-manager", "rascal", "rhea"}, "python": {"pika", "aio-pika", "celery[librabbitmq]", "dramatiq[rabbitmq]", "faststream[rabbit]"},
			"golang": {"github.com/rabbitmq/amqp091-go", "github.com/streadway/amqp"}, "java": {"spring-boot-starter-amqp", "amqp-client"}, "ruby": {"bunny", "sneakers"},
			"php": {"php-amqplib/php-amqplib", "symfony/amqp-messenger"}, "rust": {"lapin"}, "dotnet": {"RabbitMQ.Client", "MassTransit.RabbitMQ"},
		},
		Words:   []string{"RABBITMQ", "RABBIT", "AMQP", "CLOUDAMQP"},
		Schemes: []string{"amqp", "amqps", "pyamqp"},
		Plain:   map[string]string{"amqps": "amqp"},
		URL:     "{scheme}://{user}:{password}@{host}:{port}/{name}",
	},
	{
		Name: "kafka", Title: "Kafka", Group: Queue,
		Image: "apache/kafka:3.9.1", Key: "kafka", Port: 9092, Volume: "/var/lib/kafka/data",
		// Once one of these is set, the image takes none of its own:
		// https://hub.docker.com/r/apache/kafka, "Overriding the default broker configuration".
		Settings: []stack.Setting{
			{Name: "KAFKA_NODE_ID", Value: "1"},
			{Name: "KAFKA_PROCESS_ROLES", Value: "broker,controller"},
			{Name: "KAFKA_LISTENERS", Value: "PLAINTEXT://:9092,CONTROLLER://:9093"},
			{Name: "KAFKA_ADVERTISED_LISTENERS", Value: "PLAINTEXT://{host}:9092"},
			{Name: "KAFKA_CONTROLLER_LISTENER_NAMES", Value: "CONTROLLER"},
			{Name: "KAFKA_LISTENER_SECURITY_PROTOCOL_MAP", Value: "CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT"},
			{Name: "KAFKA_CONTROLLER_QUORUM_VOTERS", Value: "1@localhost:9093"},
			{Name: "KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR", Value: "1"},
			{Name: "KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR", Value: "1"},
			{Name: "KAFKA_TRANSACTION_STATE_LOG_MIN_ISR", Value: "1"},
			{Name: "KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS", Value: "0"},
			{Name: "KAFKA_LOG_DIRS", Value: "/var/lib/kafka/data"},
		},
		Health: []string{"/opt/kafka/bin/kafka-broker-api-versions.sh", "--bootstrap-server", "{host}:9092"}, Start: 60,
		Images: []string{"kafka", "cp-kafka", "kafka-native", "redpanda"},
		Packages: map[string][]string{
			"node": {"kafkajs", "kafka-node", "node-rdkafka", "@confluentinc/kafka-javascript"}, "python": {"kafka-python", "aiokafka", "confluent-kafka", "faust-streaming", "faststream[kafka]"},
			"golang": {"github.com/segmentio/kafka-go", "github.com/IBM/sarama", "github.com/Shopify/sarama", "github.com/confluentinc/confluent-kafka-go", "github.com/twmb/franz-go"},
			"java":   {"spring-kafka", "kafka-clients", "kafka-streams"}, "ruby": {"ruby-kafka", "karafka"}, "rust": {"rdkafka"}, "dotnet": {"Confluent.Kafka"},
		},
		Words: []string{"KAFKA"},
		URL:   "{host}:{port}",
	},
}
