using System.Security.Cryptography;
using System.Text;
using GitOpsOperator.Specs;

namespace GitOpsOperator.Operator.Commands;

/// <summary>Documents of a working folder, as a person edits them.</summary>
internal static class LocalDocuments
{
    private const int MaxFile = 16 * 1024 * 1024;

    /// <exception cref="IOException">The path is not there, or a file is unreasonably large.</exception>
    public static async Task<IReadOnlyList<SourceFile>> ReadAsync(string path, CancellationToken cancellationToken)
    {
        if (File.Exists(path))
        {
            return [await ReadFileAsync(path, path, cancellationToken)];
        }

        if (!Directory.Exists(path))
        {
            throw new FileNotFoundException($"{path}: there is no such file or folder");
        }

        var options = new EnumerationOptions
        {
            RecurseSubdirectories = true,
            AttributesToSkip = FileAttributes.Hidden | FileAttributes.ReparsePoint,
        };
        var files = new List<SourceFile>();
        foreach (var file in Directory.EnumerateFiles(path, "*", options).Where(IsYaml).Order(StringComparer.Ordinal))
        {
            files.Add(await ReadFileAsync(file, Path.GetRelativePath(path, file), cancellationToken));
        }

        return files;
    }

    private static bool IsYaml(string path) => Path.GetExtension(path) is ".yaml" or ".yml";

    private static async Task<SourceFile> ReadFileAsync(string file, string shown, CancellationToken cancellationToken)
    {
        if (new FileInfo(file).Length > MaxFile)
        {
            throw new IOException($"{shown}: has more than {MaxFile} bytes, which no document does");
        }

        var content = await File.ReadAllBytesAsync(file, cancellationToken);
        return new(shown.Replace('\\', '/'), BlobId(content), content);
    }

    // As git names the blob, so that a document has the same id before and after it is committed.
#pragma warning disable CA5350 // Git's object ids are SHA-1; nothing here relies on it against forgery.
    private static string BlobId(byte[] content) =>
        Convert.ToHexStringLower(SHA1.HashData([.. Encoding.ASCII.GetBytes($"blob {content.Length}\0"), .. content]));
#pragma warning restore CA5350
}
