import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** An application, and a test of it, by the standard library alone. */
class VoicemailTest {
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    /** Orders speech, and takes the audio where Deepgram brings it, perhaps more than once. */
    static class Voicemail {
        final Map<String, byte[]> greetings = new ConcurrentHashMap<>();
        private final String base;
        private final String key;
        private final String token;
        private int failures;

        /** The token is our API key's identifier; so many callbacks fail first. */
        Voicemail(String base, String key, String token, int failures) {
            this.base = base;
            this.key = key;
            this.token = token;
            this.failures = failures;
        }

        /** Returns the id under which the audio will come. */
        String order(String text) throws Exception {
            String query = "callback=https://app.example/greetings&callback_method=put";
            HttpResponse<String> answer = post(base + "/v1/speak?" + query, key, "text/plain", text);
            return answer.headers().firstValue("dg-request-id").orElseThrow();
        }

        void receive(HttpExchange exchange) throws IOException {
            byte[] audio = exchange.getRequestBody().readAllBytes();
            exchange.sendResponseHeaders(store(exchange, audio), -1);
            exchange.close();
        }

        private synchronized int store(HttpExchange exchange, byte[] audio) {
            if (!exchange.getRequestMethod().equals("PUT")) return 405;
            if (!token.equals(exchange.getRequestHeaders().getFirst("dg-token"))) return 401;
            if (failures-- > 0) return 503;
            greetings.putIfAbsent(exchange.getRequestHeaders().getFirst("dg-request-id"), audio);
            return 204;
        }
    }

    public static void main(String[] arguments) throws Exception {
        String base = System.getenv("RINGBACK_URL");
        String key = System.getenv("RINGBACK_API_KEY");
        String control = base + "/_ringback/";

        HttpRequest status = request(control + "status", key).GET().build();
        String token = between(HTTP.send(status, BodyHandlers.ofString()).body(), "\"key_id\":\"", "\"");
        Voicemail app = new Voicemail(base, key, token, 2);
        HttpServer server =
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/greetings", app::receive);
        server.start();
        try {
            String json = "application/json";
            String place = "http://127.0.0.1:" + server.getAddress().getPort();
            String route = "{\"origin\": \"https://app.example\", \"to\": \"" + place + "\"}";
            post(control + "connect", key, json, route);

            String id = app.order("Please leave a message.");
            post(control + "wait", key, json, "{\"for\": \"idle\"}"); // a minute of the clock `auto`

            HttpRequest asked = request(control + "deliveries/" + id, key).GET().build();
            String delivery = HTTP.send(asked, BodyHandlers.ofString()).body();
            String timeline = between(delivery, "\"timeline\":[", "]");
            expect("\"+0s PUT 503\",\"+30s PUT 503\",\"+60s PUT 204\"", timeline);
            expect(Set.of(id), app.greetings.keySet());
            System.out.println("delivered on the third attempt");
        } finally {
            server.stop(0);
        }
    }

    private static HttpRequest.Builder request(String url, String key) {
        return HttpRequest.newBuilder(URI.create(url)).header("Authorization", "Token " + key);
    }

    private static HttpResponse<String> post(String url, String key, String type, String body)
            throws Exception {
        HttpRequest asked =
                request(url, key)
                        .header("Content-Type", type)
                        .POST(BodyPublishers.ofString(body))
                        .build();
        HttpResponse<String> answer = HTTP.send(asked, BodyHandlers.ofString());
        if (answer.statusCode() >= 300) throw new AssertionError(answer.body());
        return answer;
    }

    private static String between(String text, String before, String after) {
        int start = text.indexOf(before) + before.length();
        return text.substring(start, text.indexOf(after, start));
    }

    private static void expect(Object expected, Object found) {
        if (!expected.equals(found)) throw new AssertionError(found + " in place of " + expected);
    }
}
