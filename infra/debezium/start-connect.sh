#!/bin/sh
# The worker of Kafka Connect in its container: properties, and what differs from place to place.
set -eu
replication=${CONNECT_REPLICATION:-1}
cat /opt/connect/worker.properties - >/tmp/worker.properties <<END
bootstrap.servers=$KAFKA_BROKERS
rest.advertised.host.name=$(hostname -i)
config.storage.replication.factor=$replication
offset.storage.replication.factor=$replication
status.storage.replication.factor=$replication
END
exec /opt/kafka/bin/connect-distributed.sh /tmp/worker.properties
