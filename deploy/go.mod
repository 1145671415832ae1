module tsdb/deploy

go 1.26.8

