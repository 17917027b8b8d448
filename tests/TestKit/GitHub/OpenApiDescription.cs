using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace GitOpsOperator.TestKit.GitHub;

/// <summary>Finds the operation that a request means, and says where request and response differ from what is described.</summary>
public sealed class OpenApiDescription(JsonElement root)
{
    private readonly SchemaCheck _schemas = new(root);

    public JsonElement Example(string name) =>
        root.GetProperty("components").GetProperty("examples").GetProperty(name).GetProperty("value");

    /// <summary>Null where nothing is described for it.</summary>
    public Operation? Find(string method, string path)
    {
        var segments = path.Trim('/').Split('/');
        foreach (var entry in root.GetProperty("paths").EnumerateObject())
        {
            var template = entry.Name.Trim('/').Split('/');
            if (
                template.Length == segments.Length
                && template.Zip(segments).All(pair => pair.First == pair.Second || pair.First.StartsWith('{'))
                && entry.Value.TryGetProperty(method.ToLowerInvariant(), out var operation)
            )
            {
                var values = template
                    .Zip(segments)
                    .Where(pair => pair.First.StartsWith('{'))
                    .ToDictionary(pair => pair.First.Trim('{', '}'), pair => Uri.UnescapeDataString(pair.Second));
                return new(entry.Name, operation, values);
            }
        }

        return null;
    }

    public List<string> RequestFaults(Operation operation, IQueryCollection query, string body)
    {
        var faults = new List<string>();
        var parameters = operation.Description.TryGetProperty("parameters", out var described)
            ? described.EnumerateArray().Select(_schemas.Resolve).ToArray()
            : [];
        foreach (var given in query)
        {
            var parameter = parameters.FirstOrDefault(parameter =>
                parameter.GetProperty("in").GetString() == "query" && parameter.GetProperty("name").GetString() == given.Key
            );
            if (parameter.ValueKind == JsonValueKind.Undefined)
            {
                faults.Add($"{operation.Path} takes no query parameter '{given.Key}'");
            }
            else
            {
                CheckText(parameter, given.Value.ToString(), faults);
            }
        }

        foreach (var (name, value) in operation.PathValues)
        {
            var parameter = parameters.First(parameter =>
                parameter.GetProperty("in").GetString() == "path" && parameter.GetProperty("name").GetString() == name
            );
            CheckText(parameter, value, faults);
        }

        if (
            operation.Description.TryGetProperty("requestBody", out var desired)
            && (body.Length > 0 || (desired.TryGetProperty("required", out var required) && required.GetBoolean()))
        )
        {
            using var document = JsonDocument.Parse(body.Length > 0 ? body : "null");
            var schema = _schemas.Resolve(desired).GetProperty("content").GetProperty("application/json").GetProperty("schema");
            _schemas.Check(schema, document.RootElement, "request", faults);
            foreach (
                var property in document
                    .RootElement.EnumerateObject()
                    .Where(property => !schema.GetProperty("properties").TryGetProperty(property.Name, out _))
            )
            {
                faults.Add($"{operation.Path} takes no '{property.Name}' in its body");
            }
        }
        else if (body.Length > 0)
        {
            faults.Add($"{operation.Path} takes no body");
        }

        return faults;
    }

    /// <summary>Statuses that an operation does not list are held to the error that all share.</summary>
    public List<string> ResponseFaults(Operation operation, int status, string body)
    {
        var faults = new List<string>();
        if (operation.Description.GetProperty("responses").TryGetProperty(status.ToString(CultureInfo.InvariantCulture), out var response))
        {
            if (_schemas.Resolve(response).TryGetProperty("content", out var content))
            {
                Check(content.GetProperty("application/json").GetProperty("schema"));
            }
            else if (body.Length > 0)
            {
                faults.Add($"{operation.Path} answers {status} without a body");
            }
        }
        else if (status >= 400)
        {
            Check(root.GetProperty("components").GetProperty("schemas").GetProperty("basic-error"));
        }
        else if (status is not (>= 300 and < 400))
        {
            faults.Add($"{operation.Path} never answers {status}");
        }

        return faults;

        void Check(JsonElement schema)
        {
            using var document = JsonDocument.Parse(body);
            _schemas.Check(schema, document.RootElement, "response", faults);
        }
    }

    private void CheckText(JsonElement parameter, string value, List<string> faults)
    {
        var schema = _schemas.Resolve(parameter.GetProperty("schema"));
        var isText = !schema.TryGetProperty("type", out var type) || type.GetString() == "string";
        using var document = JsonDocument.Parse(isText ? JsonSerializer.Serialize(value) : value);
        _schemas.Check(schema, document.RootElement, parameter.GetProperty("name").GetString()!, faults);
    }
}

public sealed record Operation(string Path, JsonElement Description, IReadOnlyDictionary<string, string> PathValues);
