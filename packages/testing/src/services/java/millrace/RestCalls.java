package millrace;

import static org.elasticsearch.rest.RestRequest.Method.DELETE;
import static org.elasticsearch.rest.RestRequest.Method.GET;
import static org.elasticsearch.rest.RestRequest.Method.HEAD;
import static org.elasticsearch.rest.RestRequest.Method.PUT;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.elasticsearch.Build;
import org.elasticsearch.ResourceAlreadyExistsException;
import org.elasticsearch.action.ActionListener;
import org.elasticsearch.action.admin.indices.create.AutoCreateAction;
import org.elasticsearch.action.admin.indices.create.CreateIndexRequest;
import org.elasticsearch.client.internal.node.NodeClient;
import org.elasticsearch.cluster.ClusterState;
import org.elasticsearch.cluster.ClusterStateUpdateTask;
import org.elasticsearch.cluster.metadata.DataStream;
import org.elasticsearch.cluster.service.ClusterService;
import org.elasticsearch.common.Strings;
import org.elasticsearch.common.regex.Regex;
import org.elasticsearch.common.settings.Settings;
import org.elasticsearch.index.IndexNotFoundException;
import org.elasticsearch.index.IndexVersion;
import org.elasticsearch.plugins.ActionPlugin;
import org.elasticsearch.plugins.Plugin;
import org.elasticsearch.rest.BaseRestHandler;
import org.elasticsearch.rest.RestChannel;
import org.elasticsearch.rest.RestHandler;
import org.elasticsearch.rest.RestRequest;
import org.elasticsearch.rest.RestRequest.Method;
import org.elasticsearch.rest.RestResponse;
import org.elasticsearch.rest.RestStatus;
import org.elasticsearch.xcontent.XContentBuilder;

/**
 * The REST calls of two modules that are part of the distribution and of no published artifact: GET / and the data stream
 * calls. What they do is the server's own; here are only the paths and the answers, in the documented form. Subclasses know
 * where their version keeps its data streams.
 */
public abstract class RestCalls extends Plugin implements ActionPlugin {
    private ClusterService cluster;

    @Override
    public Collection<?> createComponents(PluginServices services) {
        cluster = services.clusterService();
        return List.of();
    }

    /** The data streams of a state, by name. */
    protected abstract Map<String, DataStream> dataStreams(ClusterState state);

    /** The state after the data streams and their indices are gone. */
    protected abstract ClusterState without(ClusterState state, Set<DataStream> streams, Settings settings);

    protected final Collection<RestHandler> calls() {
        return List.of(
            call("millrace_root", "/", (request, client) -> this::root, GET, HEAD),
            call("millrace_data_streams_get", "/_data_stream", this::list, GET),
            call("millrace_data_stream_get", "/_data_stream/{name}", this::list, GET),
            call("millrace_data_stream_create", "/_data_stream/{name}", this::create, PUT),
            call("millrace_data_stream_delete", "/_data_stream/{name}", this::delete, DELETE));
    }

    /** Reads the parameters of a request at once and answers the work that is left. */
    private interface Call {
        Answer prepare(RestRequest request, NodeClient client);
    }

    private interface Answer {
        void to(RestChannel channel) throws Exception;
    }

    private static RestHandler call(String name, String path, Call call, Method... methods) {
        List<RestHandler.Route> routes = List.of(methods).stream().map(method -> new RestHandler.Route(method, path)).toList();
        return new BaseRestHandler() {
            @Override
            public String getName() {
                return name;
            }

            @Override
            public List<RestHandler.Route> routes() {
                return routes;
            }

            @Override
            protected RestChannelConsumer prepareRequest(RestRequest request, NodeClient client) {
                return call.prepare(request, client)::to;
            }
        };
    }

    private void root(RestChannel channel) throws IOException {
        Build build = Build.current();
        XContentBuilder body = channel.newBuilder().startObject();
        body.field("name", cluster.localNode().getName());
        body.field("cluster_name", cluster.getClusterName().value());
        body.field("cluster_uuid", cluster.state().metadata().clusterUUID());
        body.startObject("version");
        body.field("number", build.version()).field("build_flavor", build.flavor()).field("build_type", build.type().displayName());
        body.field("build_hash", build.hash()).field("build_date", build.date()).field("build_snapshot", build.isSnapshot());
        body.field("lucene_version", IndexVersion.current().luceneVersion().toString());
        body.field("minimum_wire_compatibility_version", build.minWireCompatVersion());
        body.field("minimum_index_compatibility_version", build.minIndexCompatVersion());
        body.endObject();
        body.field("tagline", "You Know, for Search").endObject();
        channel.sendResponse(new RestResponse(RestStatus.OK, body));
    }

    private Answer list(RestRequest request, NodeClient client) {
        String pattern = request.param("name", "*");
        request.param("expand_wildcards");
        return channel -> {
            List<DataStream> found = matching(pattern);
            XContentBuilder body = channel.newBuilder().startObject().startArray("data_streams");
            for (DataStream stream : found) {
                describe(stream, body);
            }
            channel.sendResponse(new RestResponse(RestStatus.OK, body.endArray().endObject()));
        };
    }

    private static void describe(DataStream stream, XContentBuilder body) throws IOException {
        body.startObject().field("name", stream.getName());
        body.startObject("timestamp_field").field("name", "@timestamp").endObject();
        body.startArray("indices");
        for (var index : stream.getIndices()) {
            body.startObject().field("index_name", index.getName()).field("index_uuid", index.getUUID()).endObject();
        }
        body.endArray();
        body.field("generation", stream.getGeneration());
        body.field("hidden", stream.isHidden()).field("system", stream.isSystem()).field("replicated", stream.isReplicated());
        body.endObject();
    }

    private Answer create(RestRequest request, NodeClient client) {
        String name = request.param("name");
        return channel -> {
            if (dataStreams(cluster.state()).containsKey(name)) {
                throw new ResourceAlreadyExistsException("data_stream [" + name + "] already exists");
            }
            CreateIndexRequest creation = new CreateIndexRequest(name).requireDataStream(true);
            client.execute(AutoCreateAction.INSTANCE, creation, ActionListener.wrap(done -> acknowledge(channel), e -> fail(channel, e)));
        };
    }

    private Answer delete(RestRequest request, NodeClient client) {
        String pattern = request.param("name");
        request.param("expand_wildcards");
        return channel -> cluster.submitUnbatchedStateUpdateTask("delete data streams " + pattern, new ClusterStateUpdateTask() {
            @Override
            public ClusterState execute(ClusterState state) {
                return without(state, new HashSet<>(matching(pattern)), cluster.getSettings());
            }

            @Override
            public void onFailure(Exception e) {
                fail(channel, e);
            }

            @Override
            public void clusterStateProcessed(ClusterState before, ClusterState after) {
                acknowledge(channel);
            }
        });
    }

    /** The data streams of a list of names and patterns; a plain name that is not there is an error. */
    private List<DataStream> matching(String pattern) {
        String[] patterns = Strings.splitStringByCommaToArray(pattern.equals("_all") ? "*" : pattern);
        Collection<DataStream> all = dataStreams(cluster.state()).values();
        for (String one : patterns) {
            if (Regex.isSimpleMatchPattern(one) == false && all.stream().noneMatch(stream -> stream.getName().equals(one))) {
                throw new IndexNotFoundException(one);
            }
        }
        return all.stream().filter(stream -> Regex.simpleMatch(patterns, stream.getName())).toList();
    }

    private static void acknowledge(RestChannel channel) {
        try {
            channel.sendResponse(new RestResponse(RestStatus.OK, channel.newBuilder().startObject().field("acknowledged", true).endObject()));
        } catch (IOException e) {
            fail(channel, e);
        }
    }

    private static void fail(RestChannel channel, Exception failure) {
        try {
            channel.sendResponse(new RestResponse(channel, failure));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
