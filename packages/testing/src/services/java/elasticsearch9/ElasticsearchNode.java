import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.elasticsearch.common.logging.LogConfigurator;
import org.elasticsearch.common.settings.Settings;
import org.elasticsearch.env.Environment;
import org.elasticsearch.node.InternalSettingsPreparer;
import org.elasticsearch.node.Node;
import org.elasticsearch.plugins.PluginsLoader;

/**
 * One Elasticsearch node in this process, until it is told to terminate. The system properties es.path.home and es.path.conf say
 * where its modules and its configuration are; arguments are settings, as -Ename=value.
 */
public final class ElasticsearchNode {
    /**
     * Classes whose static initialisers wait for one another: loaded by one thread before there are others, or two threads
     * may each hold the half that the other needs.
     */
    private static final List<String> LOADED_FIRST = List.of(
        "org.elasticsearch.ElasticsearchException",
        "org.elasticsearch.ReleaseVersions",
        "org.elasticsearch.common.ReferenceDocs",
        "org.elasticsearch.core.AbstractRefCounted",
        "org.elasticsearch.action.support.SubscribableListener",
        "org.elasticsearch.common.util.concurrent.RunOnce",
        "org.elasticsearch.transport.RequestHandlerRegistry",
        "org.apache.lucene.util.VectorUtil");

    public static void main(String[] arguments) throws Exception {
        Path home = Path.of(System.getProperty("es.path.home"));
        Path configuration = Path.of(System.getProperty("es.path.conf"));
        LogConfigurator.configureESLogging();
        for (String name : LOADED_FIRST) {
            Class.forName(name);
        }
        Settings base = Settings.builder().put("path.home", home.toString()).build();
        Environment environment = InternalSettingsPreparer.prepareEnvironment(base, settings(arguments), configuration, () -> "millrace");
        LogConfigurator.configure(environment, true);
        var modules = PluginsLoader.loadModulesBundles(environment.modulesDir(), false);
        Node node = new Node(environment, PluginsLoader.createPluginsLoader(modules, Set.of(), Map.of(), false));
        Runtime.getRuntime().addShutdownHook(new Thread(() -> close(node), "close-node"));
        node.start();
        // The node's own threads are daemons.
        Thread.currentThread().join();
    }

    private static Map<String, String> settings(String[] arguments) {
        Map<String, String> settings = new TreeMap<>();
        for (String argument : arguments) {
            int equals = argument.indexOf('=');
            if (argument.startsWith("-E") == false || equals < 3) {
                throw new IllegalArgumentException("expected -Ename=value, got " + argument);
            }
            settings.put(argument.substring(2, equals), argument.substring(equals + 1));
        }
        return settings;
    }

    private static void close(Node node) {
        try {
            node.close();
            node.awaitClose(20, TimeUnit.SECONDS);
        } catch (Exception e) {
            e.printStackTrace();
        }
    }
}
