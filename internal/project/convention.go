package project

import (
	"path"
	"slices"
	"strings"
)

// otherProtocols are container ports on which something else than HTTP is spoken
// by convention. An HTTP request there would only fill a user's log.
var otherProtocols = map[int]string{
	21: "FTP", 22: "SSH", 23: "Telnet", 25: "SMTP", 53: "DNS", 110: "POP3", 143: "IMAP", 389: "LDAP", 445: "SMB", 465: "SMTPS", 587: "SMTP", 636: "LDAPS", 873: "rsync",
	993: "IMAPS", 995: "POP3S", 1025: "SMTP", 1433: "SQL Server", 1521: "Oracle", 1883: "MQTT", 2000: "X-Ray", 2049: "NFS", 2181: "ZooKeeper", 2379: "etcd",
	2375: "Docker's API", 2376: "Docker's API", // HTTP, but a client that reaches it controls the machine
	3306: "MySQL", 3307: "MySQL", 3389: "RDP", 4222: "NATS", 4317: "OTLP", 5432: "PostgreSQL", 5433: "PostgreSQL", 5671: "AMQP", 5672: "AMQP", 5900: "VNC",
	6379: "Redis", 6380: "Redis", 6432: "PgBouncer", 7233: "Temporal", 7687: "Bolt", 8883: "MQTT", 9042: "Cassandra",
	9092: "Kafka", 11211: "memcached", 26257: "CockroachDB", 27017: "MongoDB", 27018: "MongoDB", 50051: "gRPC",
}

// debugPorts belong to debuggers and live-reload sockets.
var debugPorts = map[int]bool{
	5858: true, 9229: true, 9230: true, // node --inspect
	9222: true,             // Chrome
	5678: true, 5679: true, // debugpy
	5005: true,              // JVM
	2345: true, 40000: true, // delve
	9003:  true,              // xdebug
	24678: true, 35729: true, // Vite's and LiveReload's sockets
}

// OtherProtocol names what is spoken by convention on a TCP port inside a
// container ("PostgreSQL"); it is empty for HTTP and where nothing is known.
func OtherProtocol(target int) string { return otherProtocols[target] }

// Debugs tells whether a port inside a container is a debugger's or a live-reload
// socket's by convention: it is open before, or without, the program that it is about.
func Debugs(target int) bool { return debugPorts[target] }

// Web tells whether a browser would get an answer on the port: it speaks TCP,
// and HTTP by the config or by convention.
func (p Port) Web() bool {
	return p.Protocol == "tcp" && (p.HTTP || OtherProtocol(p.Target) == "" && !Debugs(p.Target))
}

// dataImages are images, by the last part of their names, that speak HTTP and hold data, or
// show those of a database to anyone who asks: most ask no one for a password in development.
var dataImages = []string{
	"adminer", "arangodb", "azurite", "chroma", "cloudbeaver", "clickhouse", "clickhouse-server", "consul", "couchdb", "dynamodb-admin", "dynamodb-local",
	"elasticsearch", "etcd", "influxdb", "kafka-ui", "kibana", "localstack", "localstack-pro", "meilisearch", "minio", "mongo-express", "neo4j",
	"opensearch", "opensearch-dashboards", "pgadmin4", "phpmyadmin", "phpredisadmin", "portainer", "portainer-ce", "qdrant", "rabbitmq", "redis-commander", "redisinsight",
	"registry", "rethinkdb", "solr", "surrealdb", "typesense", "vault", "victoria-metrics", "weaviate",
}

// holdsData tells whether an image is one of [dataImages], wherever it is pulled from.
func holdsData(image string) bool {
	return slices.Contains(dataImages, ImageBase(image))
}

// ImageBase is the last part of an image's name, without tag and digest: "redis" of
// "registry.example.com/cache/redis:7".
func ImageBase(image string) string {
	name, _, _ := strings.Cut(path.Base(image), "@")
	name, _, _ = strings.Cut(name, ":")
	return name
}
