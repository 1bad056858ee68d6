/** node test/consume-until-killed.ts AMQP_URL QUEUE TAG: a consumer in a process of its own, which says "ready" and waits. */
import { connect } from 'amqplib';

const [url = '', queue = '', tag = ''] = process.argv.slice(2);
const connection = await connect(url, { clientProperties: { connection_name: tag } });
const channel = await connection.createChannel();
await channel.consume(queue, () => {}, { consumerTag: tag });
process.stdout.write('ready\n');
