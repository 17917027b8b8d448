namespace GitOpsOperator.Sync;

/// <summary>What is read from the token's file for one call.</summary>
internal static class AccessToken
{
    private const int MaxBytes = 64 * 1024;

    /// <summary>The token, or null where none is configured.</summary>
    /// <exception cref="UnusableTokenException">The file cannot serve; the message names it, never what is in it.</exception>
    public static async Task<string?> ReadAsync(string? file, CancellationToken cancellationToken)
    {
        if (file is null)
        {
            return null;
        }

        var token = (await ReadTextAsync(file, cancellationToken)).Trim();
        return token switch
        {
            "" => throw new UnusableTokenException($"The token file {file} is empty; write the token into it."),
            _ when token.Any(char.IsControl) => throw new UnusableTokenException(
                $"The token file {file} holds more than one line; it must hold the token alone."
            ),
            _ => token,
        };
    }

    /// <summary>All of a small file.</summary>
    /// <exception cref="UnusableTokenException">The file cannot serve; the message names it, never what is in it.</exception>
    public static async Task<string> ReadTextAsync(string file, CancellationToken cancellationToken)
    {
        try
        {
            if (new FileInfo(file) is { Exists: true, Length: > MaxBytes })
            {
                throw new UnusableTokenException($"The token file {file} is larger than {MaxBytes} bytes; it must hold the token alone.");
            }

            return System.Text.Encoding.UTF8.GetString(await File.ReadAllBytesAsync(file, cancellationToken));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UnusableTokenException(
                $"The token file {file} cannot be read ({e.GetType().Name}); make it readable for the operator.",
                e
            );
        }
    }
}

internal sealed class UnusableTokenException(string message, Exception? inner = null) : Exception(message, inner);
