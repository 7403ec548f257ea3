package ready

import (
	"github.com/devup-cli/devup/internal/project"
)

// otherImages are images that speak no HTTP, no matter which port they are configured to use.
// Those with an HTTP console as well (RabbitMQ) are known by port only.
var otherImages = map[string]bool{
	"postgres": true, "postgresql": true, "postgis": true, "pgvector": true, "timescaledb": true,
	"mysql": true, "mariadb": true, "percona": true, "redis": true, "redis-stack-server": true, "valkey": true, "keydb": true,
	"mongo": true, "mongodb": true, "memcached": true, "pgbouncer": true,
	"zookeeper": true, "kafka": true, "cp-kafka": true, "cp-zookeeper": true,
}

// otherProtocol reports whether a port of an image speaks something else than HTTP.
func otherProtocol(target int, image string) bool {
	if project.OtherProtocol(target) != "" {
		return true
	}
	return otherImages[project.ImageBase(image)]
}
