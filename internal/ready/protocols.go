package ready

import (
	"path"
	"strings"
)

// otherProtocols are ports inside a container on which something else than HTTP
// is spoken by custom. An HTTP request there would only fill somebody's log.
var otherProtocols = map[int]string{
	21: "FTP", 22: "SSH", 25: "SMTP", 53: "DNS", 110: "POP3", 143: "IMAP", 389: "LDAP", 465: "SMTPS", 587: "SMTP", 636: "LDAPS",
	993: "IMAPS", 995: "POP3S", 1025: "SMTP", 1433: "SQL Server", 1521: "Oracle", 1883: "MQTT", 2181: "ZooKeeper", 2379: "etcd",
	3306: "MySQL", 3307: "MySQL", 4222: "NATS", 5432: "PostgreSQL", 5433: "PostgreSQL", 5671: "AMQP", 5672: "AMQP",
	6379: "Redis", 6380: "Redis", 6432: "PgBouncer", 7233: "Temporal", 7687: "Bolt", 8883: "MQTT", 9042: "Cassandra",
	9092: "Kafka", 11211: "memcached", 26257: "CockroachDB", 27017: "MongoDB", 27018: "MongoDB", 50051: "gRPC",
}

// otherImages are images that speak no HTTP, whatever port they were told to
// use. Those with an HTTP console beside (RabbitMQ) are known by port only.
var otherImages = map[string]bool{
	"postgres": true, "postgresql": true, "postgis": true, "pgvector": true, "timescaledb": true,
	"mysql": true, "mariadb": true, "percona": true, "redis": true, "redis-stack-server": true, "valkey": true, "keydb": true,
	"mongo": true, "mongodb": true, "memcached": true, "pgbouncer": true,
	"zookeeper": true, "kafka": true, "cp-kafka": true, "cp-zookeeper": true,
}

// debugPorts belong to debuggers and live-reload sockets. They are open before,
// or without, the program that they are about.
var debugPorts = map[int]bool{
	9229: true, 9230: true, // node --inspect
	5678: true, 5679: true, // debugpy
	5005: true,              // JVM
	2345: true, 40000: true, // delve
	9003:  true,              // xdebug
	24678: true, 35729: true, // Vite's and LiveReload's sockets
}

// otherProtocol says that a port of an image speaks something else than HTTP.
func otherProtocol(target int, image string) bool {
	if _, known := otherProtocols[target]; known {
		return true
	}
	name, _, _ := strings.Cut(path.Base(image), "@")
	name, _, _ = strings.Cut(name, ":")
	return otherImages[name]
}
