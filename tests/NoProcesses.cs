using System.ComponentModel;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace GitOpsOperator.Tests;

/// <summary>
/// What <c>make check</c> runs starts no process. A test that does has the trait that keeps it out: <c>[Trait("starts", "processes")]</c>.
/// With TEST_NO_PROCESSES=1 the kernel refuses execve to this test program, so a test that needs a process and has no trait fails there,
/// whichever code starts it. One that passes all the same, because what it looks at needs no such process, may stay without the trait.
/// </summary>
internal static class NoProcesses
{
    private const int NoNewPrivileges = 38;
    private const long FilterMode = 1;
    private const long AllThreads = 1;
    private const int NotPermitted = 1;

    /// <summary>For fixtures that would start something for tests that are not run.</summary>
    internal static bool Demanded => Environment.GetEnvironmentVariable("TEST_NO_PROCESSES") == "1";

    [ModuleInitializer]
    internal static void Forbid()
    {
        if (!Demanded)
        {
            return;
        }

        AppDomain.CurrentDomain.FirstChanceException += (_, thrown) =>
        {
            if (thrown.Exception is Win32Exception { NativeErrorCode: NotPermitted } refused)
            {
                Console.Error.WriteLine(
                    $"{TestContext.Current.Test?.TestDisplayName ?? "A fixture"} starts a process, which make check refuses; "
                        + $"if it fails for that, it needs [Trait(\"starts\", \"processes\")]. {refused.Message}"
                );
            }
        };
        Filter();
    }

    private static void Filter()
    {
        // seccomp, execve and execveat, as the kernel numbers them.
        var (seccomp, start, startAt) = RuntimeInformation.ProcessArchitecture switch
        {
            Architecture.X64 => (317L, 59u, 322u),
            Architecture.Arm64 => (277L, 221u, 281u),
            var other => throw new PlatformNotSupportedException($"make check knows no system call numbers of {other}"),
        };
        Instruction[] filter =
        [
            new(0x20, 0, 0, 0), // load the number of the system call
            new(0x15, 2, 0, start), // jump if equal
            new(0x15, 1, 0, startAt),
            new(0x06, 0, 0, 0x7fff0000), // allow
            new(0x06, 0, 0, 0x00050000 | NotPermitted), // refuse
        ];
        var pinned = GCHandle.Alloc(filter, GCHandleType.Pinned);
        try
        {
            var program = new FilterProgram((ushort)filter.Length, pinned.AddrOfPinnedObject());
            if (Prctl(NoNewPrivileges, 1, 0, 0, 0) != 0 || Syscall(seccomp, FilterMode, AllThreads, in program) != 0)
            {
                throw new Win32Exception(Marshal.GetLastPInvokeError(), "The kernel takes no filter of system calls (seccomp)");
            }
        }
        finally
        {
            pinned.Free();
        }
    }

    [DllImport("libc", EntryPoint = "prctl", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Prctl(int option, nuint second, nuint third, nuint fourth, nuint fifth);

    [DllImport("libc", EntryPoint = "syscall", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern long Syscall(long number, long operation, long flags, in FilterProgram program);

    [StructLayout(LayoutKind.Sequential)]
    private readonly record struct Instruction(ushort Code, byte IfTrue, byte IfFalse, uint Value);

    [StructLayout(LayoutKind.Sequential)]
    private readonly record struct FilterProgram(ushort Length, nint Instructions);
}
