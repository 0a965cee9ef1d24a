using System.Globalization;
using System.Text.Json.Nodes;
using Tars.TestKit;
using Xunit;

namespace Tars.Server.Tests.Fuzzing;

/// <summary>The API against its own document: requests made of what the server itself says of them, at a real server with a store, over loopback.</summary>
public sealed class ApiFuzz
{
    private const string CountVariable = "TARS_FUZZ_REQUESTS";
    private const int Gate = 3000;
    private const int MostFaults = 12;

    [Fact]
    public async Task EveryAnswer_IsOneThatTheDocumentAllows()
    {
        int seed = Seeds.Draw();
        int count = Environment.GetEnvironmentVariable(CountVariable) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : Gate;
        await using FuzzedServer server = await FuzzedServer.StartAsync();
        JsonObject document = JsonNode.Parse(await server.Client.GetStringAsync(new Uri(server.Address, "/openapi.json"), TestContext.Current.CancellationToken))!.AsObject();
        IReadOnlyList<FuzzedOperation> operations = FuzzedOperation.Of(document);
        RequestMaker maker = new(operations, server, new SchemaCheck(document), new Random(seed));
        AnswerCheck check = new(document, operations);
        SortedDictionary<int, int> statuses = [];
        HashSet<string> taken = [];
        SortedDictionary<string, string> faults = new(StringComparer.Ordinal);
        for (int done = 0; done < count && faults.Count < MostFaults; done++)
        {
            FuzzedRequest request = done < operations.Count ? maker.Plain(operations[done]) : maker.Next(); // each once as it is meant, for all else to be compared with
            FuzzedAnswer answer = await server.SendAsync(request);
            int status = (int)answer.Status;
            statuses[status] = statuses.GetValueOrDefault(status) + 1;
            if (status < 400)
            {
                taken.Add(request.Operation.Id);
            }

            if (check.Refuse(request, answer) is { } wrong && faults.TryAdd($"{request.Method} {request.Operation.Path}: {wrong}", string.Empty))
            {
                (FuzzedRequest shortest, FuzzedAnswer told) = await ShrinkAsync(server, check, request, wrong, answer);
                faults[$"{request.Method} {request.Operation.Path}: {wrong}"] = $"{wrong}\n  {shortest.Curl(server.Address)}\n  {System.Text.Encoding.UTF8.GetString(told.Body.AsSpan(0, Math.Min(told.Body.Length, 600)))}";
            }
        }

        string counted = string.Join(", ", statuses.Select(one => $"{one.Key}: {one.Value}"));
        TestContext.Current.TestOutputHelper?.WriteLine($"{count} requests of {operations.Count} operations, seed {seed}; {counted}");
        Assert.True(faults.Count == 0, $"{Seeds.Variable}={seed} {CountVariable}={count}; {counted}\n\n{string.Join("\n\n", faults.Values)}");

        // A run in which nothing was taken, or refused, would have shown nothing.
        Assert.All((int[])[200, 201, 204, 304, 400, 401, 403, 404, 405, 406, 413, 415, 422], status => Assert.Contains(status, statuses.Keys));
        // There are no jobs here, and nobody guesses the id of an event.
        Assert.Empty(operations.Select(operation => operation.Id).Except(taken).Except(["getJob", "getJobEvents", "getAuditProof"]));
    }

    private static async Task<(FuzzedRequest Request, FuzzedAnswer Answer)> ShrinkAsync(FuzzedServer server, AnswerCheck check, FuzzedRequest request, string why, FuzzedAnswer answer)
    {
        for (bool isSmaller = true; isSmaller;)
        {
            isSmaller = false;
            foreach (FuzzedRequest smaller in request.Smaller())
            {
                FuzzedAnswer other = await server.SendAsync(smaller);
                if (check.Refuse(smaller, other) == why)
                {
                    (request, answer, isSmaller) = (smaller, other, true);
                    break;
                }
            }
        }

        return (request, answer);
    }
}
