package dev.opml.vm.machine.translator;

import static java.lang.constant.ConstantDescs.CD_int;
import static java.lang.constant.ConstantDescs.CD_long;

import dev.opml.vm.machine.hart.Hart;
import dev.opml.vm.machine.instruction.Opcode;
import dev.opml.vm.machine.interpreter.PreDecoded;
import dev.opml.vm.memory.GuestMemory;
import dev.opml.vm.memory.RecentPages;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.util.IdentityHashMap;

/**
 * Bytecode of loads and stores. The page that an {@link AccessGroup} accessed last is remembered,
 * so that most checks are one comparison and no look-up. Pages stay valid as long as a unit runs:
 * it stores only to pages that are prepared, and leaves the preparation of others to the
 * interpreter.
 */
final class UnitMemory {
  private static final ClassDesc GUEST_MEMORY = ClassDesc.of(GuestMemory.class.getName());
  private static final ClassDesc RECENT_PAGES = ClassDesc.of(RecentPages.class.getName());
  private static final ClassDesc PAGE = CD_long.arrayType();
  private static final MethodTypeDesc RECENT = MethodTypeDesc.of(RECENT_PAGES);
  private static final MethodTypeDesc TAGS = MethodTypeDesc.of(CD_long.arrayType());
  private static final MethodTypeDesc PAGES = MethodTypeDesc.of(PAGE.arrayType());
  private static final MethodTypeDesc LOOK_UP = MethodTypeDesc.of(PAGE, CD_int, CD_long, CD_int);

  private final CodeBuilder code;
  private final UnitLocals locals;
  private final UnitExits exits;
  private int nextPlace;
  private final IdentityHashMap<AccessGroup, Site> sites = new IdentityHashMap<>();

  /**
   * Local variables of a group, from its check to its last access.
   *
   * @param page the page
   * @param place where the lowest access is in the page: index of its word if size is 8, else
   *     offset in bytes
   */
  private record Site(int page, int place) {}

  /** Writes to {@code code}; takes places from {@code firstPlace} on, which is even. */
  UnitMemory(CodeBuilder code, UnitLocals locals, UnitExits exits, int firstPlace) {
    this.nextPlace = firstPlace;
    this.code = code;
    this.locals = locals;
    this.exits = exits;
  }

  /** Writes the unit's entry. */
  void open() {
    code.aload(UnitLocals.MEMORY).invokevirtual(GUEST_MEMORY, "recentPages", RECENT);
    code.dup().invokevirtual(RECENT_PAGES, "tags", TAGS).astore(UnitLocals.TAGS);
    code.invokevirtual(RECENT_PAGES, "pages", PAGES).astore(UnitLocals.PAGES);
  }

  /** Executes the load or store at {@code index}. */
  void access(AccessGroup group, Block block, int index, long w) {
    if (group.first() == index) {
      check(group, exits.before(block, index));
    }
    Site site = site(group);
    int distance = (int) PreDecoded.immediate(w) - group.low();
    if (Opcode.isStore(PreDecoded.opcode(w))) {
      store(group, site, distance, w);
    } else if (PreDecoded.rd(w) != Hart.SINK) {
      load(group, site, distance, w);
    }
  }

  private Site site(AccessGroup group) {
    Site site = sites.get(group);
    if (site == null) {
      throw new IllegalStateException("accesses without a check");
    }
    return site;
  }

  private void check(AccessGroup group, Label exit) {
    int place = (nextPlace + (group.stores() ? 1 : 0)) % RecentPages.PLACES;
    nextPlace += 2;
    Site site = new Site(locals.allot(1), locals.allot(1));
    sites.put(group, site);
    Label miss = code.newLabel();
    Label hit = code.newLabel();
    locals.push(code, group.base());
    code.loadConstant((long) group.low()).ladd().lstore(UnitLocals.ADDRESS);
    code.lload(UnitLocals.ADDRESS).loadConstant(group.tagMask()).land();
    code.aload(UnitLocals.TAGS).loadConstant(place).laload().lcmp().ifne(miss);
    code.aload(UnitLocals.PAGES).loadConstant(place).aaload().astore(site.page);
    code.labelBinding(hit);
    code.lload(UnitLocals.ADDRESS).l2i().loadConstant(GuestMemory.PAGE_SIZE - 1).iand();
    if (group.mayCross()) {
      Label inside = code.newLabel();
      code.dup().loadConstant(GuestMemory.PAGE_SIZE - group.span()).if_icmple(inside);
      code.pop().goto_(exit).labelBinding(inside);
    }
    if (wholeWords(group)) {
      code.iconst_3().iushr();
    }
    code.istore(site.place);
    exits.later(() -> lookUp(group, place, site.page, miss, hit, exit));
  }

  private void lookUp(AccessGroup group, int place, int page, Label miss, Label hit, Label exit) {
    code.labelBinding(miss).aload(UnitLocals.MEMORY).loadConstant(place);
    code.lload(UnitLocals.ADDRESS).loadConstant(group.size());
    code.invokevirtual(GUEST_MEMORY, "pageForPlace", LOOK_UP);
    code.dup().astore(page).ifnull(exit).goto_(hit);
  }

  /** Whether the place of an access in its word is known: the lowest one begins a word. */
  private static boolean wholeWords(AccessGroup group) {
    return group.size() == Long.BYTES;
  }

  private void load(AccessGroup group, Site site, int distance, long w) {
    pushWordPlace(group, site, distance);
    code.laload();
    int opcode = PreDecoded.opcode(w);
    if (opcode != Opcode.LD) {
      pushShift(group, site, distance);
      code.lushr();
    }
    switch (opcode) {
      case Opcode.LB -> code.l2i().i2b().i2l();
      case Opcode.LBU -> code.loadConstant(0xffL).land();
      case Opcode.LH -> code.l2i().i2s().i2l();
      case Opcode.LHU -> code.loadConstant(0xffffL).land();
      case Opcode.LW -> code.l2i().i2l();
      case Opcode.LWU -> code.loadConstant(0xffff_ffffL).land();
      default -> {}
    }
    locals.pop(code, PreDecoded.rd(w));
  }

  private void store(AccessGroup group, Site site, int distance, long w) {
    int size = Opcode.accessSize(PreDecoded.opcode(w));
    pushWordPlace(group, site, distance);
    if (size == Long.BYTES) {
      locals.push(code, PreDecoded.rs2(w));
    } else {
      long mask = (1L << (Byte.SIZE * size)) - 1;
      pushShift(group, site, distance);
      code.istore(UnitLocals.OFFSET);
      code.dup2().laload();
      code.loadConstant(mask).iload(UnitLocals.OFFSET).lshl().loadConstant(-1L).lxor().land();
      locals.push(code, PreDecoded.rs2(w));
      code.loadConstant(mask).land().iload(UnitLocals.OFFSET).lshl().lor();
    }
    code.lastore();
  }

  /** Pushes the page and the index of an access's word in it. */
  private void pushWordPlace(AccessGroup group, Site site, int distance) {
    code.aload(site.page).iload(site.place);
    if (wholeWords(group)) {
      code.loadConstant(distance / Long.BYTES).iadd();
    } else {
      code.loadConstant(distance).iadd().iconst_3().iushr();
    }
  }

  /** Pushes how far an access is from its word's low end, in bits; modulo 64. */
  private void pushShift(AccessGroup group, Site site, int distance) {
    if (wholeWords(group)) {
      code.loadConstant(distance % Long.BYTES * Byte.SIZE);
    } else {
      code.iload(site.place).loadConstant(distance).iadd().iconst_3().ishl();
    }
  }
}
