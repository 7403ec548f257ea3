package java

import "github.com/devup-cli/devup/internal/stack"

// Spring is an application of Spring Boot.
var Spring = stack.Stack{
	Title: "Spring Boot", Language: &Language, Packages: []string{"spring-boot-starter-web", "spring-boot-starter-webflux"},
	Proxy: []stack.Rule{
		{
			// server.forward-headers-strategy: https://docs.spring.io/spring-boot/how-to/webserver.html

			Variables: []stack.Setting{{Name: "SERVER_FORWARD_HEADERS_STRATEGY", Value: "framework"}},
		},
	},
}
