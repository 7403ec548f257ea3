// Command devup takes a person from a bare clone to working URLs.
package main

func main() {}
